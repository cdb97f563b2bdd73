package io.fencepost.scenarios.chaos.plan;

/**
 * What a scenario asks of the cluster that it runs on.
 *
 * @param durable whether the servers keep what they acknowledged
 * @param networks whether each server must have a network of its own, so that servers can be cut off from each other
 * @param clocks whether clocks of servers must be movable
 * @param spoiled whether the cluster is of no use to others afterwards
 */
public record ClusterNeeds(boolean durable, boolean networks, boolean clocks, boolean spoiled) {}

package io.fencepost.infra;

/**
 * Whether this machine can do something that faults need.
 *
 * @param fault what it is about, in a few words
 * @param able whether it works here
 * @param reason how it is done here; or why it cannot be, and what would enable it; one line
 */
public record MachineAbility(String fault, boolean able, String reason) {}

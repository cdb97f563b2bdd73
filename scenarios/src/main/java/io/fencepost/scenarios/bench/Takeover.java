package io.fencepost.scenarios.bench;

/**
 * How long a lock whose holder was killed stayed taken while another waited.
 *
 * @param ttlMillis that was asked for
 * @param leastMillis the shortest
 * @param greatestMillis the longest
 * @param kills how many holders were killed
 */
public record Takeover(double ttlMillis, double leastMillis, double greatestMillis, int kills) {}

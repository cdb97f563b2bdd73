package io.fencepost.scenarios.bench;

import io.fencepost.scenarios.stats.Paired;

/**
 * Two contestants that did the same work.
 *
 * @param scenario what they did
 * @param optimisation what the first has and the second has not, where they differ in that alone; else empty
 * @param a the first, with its own parameters
 * @param b the second, with its own parameters
 * @param metric by which they are compared
 * @param rounds of both
 */
record Pair(String scenario, String optimisation, String a, String b, Metric metric, Paired rounds) {}

package io.fencepost.scenarios.scale;

/**
 * What came of a {@link Load}, measured or modelled.
 *
 * @param grants a second
 * @param rounds at the backend for each grant: attempts, releases and handoffs, without looks; NaN where it was not counted
 * @param waitP50 from asking for a lock to having it, in milliseconds
 * @param utilisation of the servers, 0 to 1; NaN where it was not counted
 */
public record Figures(double grants, double rounds, double waitP50, double waitP99, double utilisation) {}

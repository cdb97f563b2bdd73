package io.fencepost.tck;

/**
 * A rule as the kit knows it.
 *
 * @param id its number
 * @param title what it demands, in a line
 */
record RuleEntry(RuleId id, String title) {}

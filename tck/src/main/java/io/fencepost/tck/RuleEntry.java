package io.fencepost.tck;

import java.util.Optional;

/**
 * A rule as the kit knows it.
 *
 * @param id its number
 * @param title what it demands, in a line
 * @param notTestedYet why the kit has no test for it; empty if it has one
 */
record RuleEntry(RuleId id, String title, Optional<String> notTestedYet) {}

/**
 * What turns samples into the numbers of a report: histograms of latency, medians and ratios over rounds with intervals by bootstrap, effect size, significance, and
 * fairness.
 */
@NullMarked
package io.fencepost.scenarios.stats;

import org.jspecify.annotations.NullMarked;

/** What turns samples into the numbers of a report: histograms of latency, intervals by bootstrap, and fairness. */
@NullMarked
package io.fencepost.scenarios.stats;

import org.jspecify.annotations.NullMarked;

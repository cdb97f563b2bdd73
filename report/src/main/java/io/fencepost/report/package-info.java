/**
 * From the CSV files of a run to the comparison of its providers, in Markdown and as one self-contained page.
 *
 * <p>Start at {@link io.fencepost.report.ComparisonReport}. The package reads files only; it knows no provider's code.
 */
@NullMarked
package io.fencepost.report;

import org.jspecify.annotations.NullMarked;

/**
 * The files of a run: measurements, grants and environment. Their columns are the contract with the report, described in results/README.md.
 */
@NullMarked
package io.fencepost.scenarios.output;

import org.jspecify.annotations.NullMarked;

/**
 * Pages for people: one of a run, with its timeline, and one of a folder of runs. Each is a single file that asks nothing of the network.
 *
 * <p>Start at {@link io.fencepost.history.page.RunPage} and {@link io.fencepost.history.page.IndexPage}.
 */
@NullMarked
package io.fencepost.history.page;

import org.jspecify.annotations.NullMarked;

/**
 * Histories of chaos runs: what workers, store, nemesis and runner saw, one event a line, and the folder that a run leaves behind.
 *
 * <p>Nothing here knows a lock provider: a saved run can be judged and looked at anywhere. Start at {@link io.fencepost.history.RunFolder} and
 * {@link io.fencepost.history.History}; the checkers are in {@code io.fencepost.history.check}.
 */
@NullMarked
package io.fencepost.history;

import org.jspecify.annotations.NullMarked;

package io.fencepost.history.check;

import io.fencepost.history.History;
import io.fencepost.history.RunFacts;

/** Judges one invariant. Without state. */
public interface Checker {
    /** {@code K0} to {@code K9}. */
    String id();

    /** The invariant in a word or two. */
    String title();

    /**
     * Judges a history. Whether something was expected is not its matter.
     *
     * @throws RuntimeException if it cannot; the verdict is unknown then
     */
    Verdict check(History history, RunFacts facts);
}

package io.fencepost.history;

import java.util.Set;

/** The errors with which an operation may end in a run in which nothing is wrong. Anything else counts as unclassified. */
public final class Errors {
    /** Somebody else held the lock until the wait time was over. */
    public static final String CONTENDED = "contended";
    /** The backend could not be asked, and nothing happened. */
    public static final String UNAVAILABLE = "unavailable";
    /** It may or may not have happened. */
    public static final String INDETERMINATE = "indeterminate";
    /** The client was closed. */
    public static final String CLOSED = "closed";
    /** The waiting thread was interrupted. */
    public static final String INTERRUPTED = "interrupted";
    /** The wait was cancelled. */
    public static final String CANCELLED = "cancelled";
    /** The lease was lost before. */
    public static final String LOST = "lost";
    /** The store refused the token. */
    public static final String STALE = "stale";

    /** All of them. */
    public static final Set<String> CLASSIFIED =
            Set.of(CONTENDED, UNAVAILABLE, INDETERMINATE, CLOSED, INTERRUPTED, CANCELLED, LOST, STALE);

    private Errors() {}
}

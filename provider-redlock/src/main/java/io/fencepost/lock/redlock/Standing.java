package io.fencepost.lock.redlock;

/** What one client knows of one node's memory. Instants are of the client's monotonic clock. */
sealed interface Standing {
    /**
     * It cannot be asked now.
     *
     * @param tried whether that was tried at all
     */
    record Unseen(boolean tried) implements Standing {}

    /** Admitted, and neither restarted nor emptied since. */
    record Member(String marker) implements Standing {}

    /** Was restarted, and is believed to know all it knew. */
    record Believed(String marker) implements Standing {}

    /**
     * Bears no marker: new, or has forgotten all.
     *
     * @param newFrom when it may count, if all nodes are new
     * @param harmlessFrom when no lock that it forgot can be in force, if it forgets no more
     */
    record Unmarked(long newFrom, long harmlessFrom, String reason) implements Standing {}

    /**
     * May have forgotten what it acknowledged.
     *
     * @param harmlessFrom when no lock that it forgot can be in force
     */
    record Forgetful(String marker, long harmlessFrom, String reason) implements Standing {}
}

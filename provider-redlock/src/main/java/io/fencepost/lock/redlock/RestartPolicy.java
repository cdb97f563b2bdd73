package io.fencepost.lock.redlock;

/** What to think of a node that was restarted: whether it still knows every lock and fence that it had acknowledged. A node that must not be believed stays out for the longest ttl and is caught up. */
enum RestartPolicy {
    /** Believe it if it bears a marker and says that it syncs every write before it acknowledges it (append-only file, fsync always). */
    ASK,
    /** Believe it in any case, even without a marker: the operator vouches, or accepts what follows. */
    TRUST,
    /** Never believe it. */
    QUARANTINE
}

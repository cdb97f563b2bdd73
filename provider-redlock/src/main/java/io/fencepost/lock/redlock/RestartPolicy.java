package io.fencepost.lock.redlock;

/** What to think of a node that was restarted: whether it still knows every lock and fence that it had acknowledged. */
enum RestartPolicy {
    /** Believe it if it says that it syncs every write before it acknowledges it (append-only file, fsync always); else keep it out for the longest ttl. */
    ASK,
    /** Believe it in any case: the operator vouches, or accepts what follows. */
    TRUST,
    /** Never believe it. */
    QUARANTINE
}

package io.fencepost.lock;

/** Why a lease was lost. */
public enum LossCause {
    /** The validity ended before a renewal succeeded. */
    EXPIRED,
    /** The backend answered that the lock is no longer this lease's: it expired there, was taken over, or was force-released. */
    NOT_OWNER,
    /** The backend ended the session that the lease was bound to. */
    SESSION_ENDED
}

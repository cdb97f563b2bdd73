package io.fencepost.lock;

import org.jspecify.annotations.Nullable;

/** The backend could not decide within its time limits: unreachable, without a quorum, or refusing this client. Nothing was acquired, for certain. */
public final class LockUnavailableException extends LockException {
    private static final long serialVersionUID = 1L;

    public LockUnavailableException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null, null);
    }

    public LockUnavailableException(
            String message,
            @Nullable Throwable cause,
            @Nullable String name,
            @Nullable String holder,
            @Nullable FencingToken token) {
        super(message, cause, name, holder, token);
    }
}

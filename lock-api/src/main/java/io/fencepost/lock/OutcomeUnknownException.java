package io.fencepost.lock;

import org.jspecify.annotations.Nullable;

/** It is not known whether the operation took effect at the backend. */
public final class OutcomeUnknownException extends LockException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null, null);
    }

    public OutcomeUnknownException(
            String message,
            @Nullable Throwable cause,
            @Nullable String name,
            @Nullable String holder,
            @Nullable FencingToken token) {
        super(message, cause, name, holder, token);
    }
}

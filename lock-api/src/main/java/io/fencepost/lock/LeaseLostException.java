package io.fencepost.lock;

import org.jspecify.annotations.Nullable;

/** The lease is not valid, or not for as long as was asked. */
public final class LeaseLostException extends LockException {
    private static final long serialVersionUID = 1L;

    public LeaseLostException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null, null);
    }

    public LeaseLostException(
            String message,
            @Nullable Throwable cause,
            @Nullable String name,
            @Nullable String holder,
            @Nullable FencingToken token) {
        super(message, cause, name, holder, token);
    }
}

package io.fencepost.lock;

import org.jspecify.annotations.Nullable;

/** The client was closed before or during the call. */
public final class LockClosedException extends LockException {
    private static final long serialVersionUID = 1L;

    public LockClosedException(String message, @Nullable Throwable cause) {
        this(message, cause, null, null, null);
    }

    public LockClosedException(
            String message,
            @Nullable Throwable cause,
            @Nullable String name,
            @Nullable String holder,
            @Nullable FencingToken token) {
        super(message, cause, name, holder, token);
    }
}

package io.fencepost.lock;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The root of all faults that this library reports by exception. Contention is none of them, and bad input is an
 * {@link IllegalArgumentException}.
 */
public abstract class LockException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String name;
    private final @Nullable String holder;
    private final @Nullable Long token;

    LockException(
            String message,
            @Nullable Throwable cause,
            @Nullable String name,
            @Nullable String holder,
            @Nullable FencingToken token) {
        super(message, cause);
        this.name = name;
        this.holder = holder;
        this.token = token == null ? null : token.value();
    }

    /** The lock concerned, if the fault is about one. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** The client concerned, if it got as far as having an id. */
    public Optional<String> holder() {
        return Optional.ofNullable(holder);
    }

    /** The token of the lease concerned, if there was one. */
    public Optional<FencingToken> token() {
        return Optional.ofNullable(token).map(FencingToken::new);
    }
}

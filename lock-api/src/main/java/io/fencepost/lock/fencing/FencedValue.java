package io.fencepost.lock.fencing;

import io.fencepost.lock.FencingToken;
import java.util.Arrays;
import java.util.Objects;

/** A value with the token that it was written with. Immutable; equal if both are. */
public final class FencedValue {
    private final FencingToken token;
    private final byte[] value;

    /** @param value is copied */
    public FencedValue(FencingToken token, byte[] value) {
        this.token = Objects.requireNonNull(token, "token");
        this.value = value.clone();
    }

    /** Of the lease under which it was written. */
    public FencingToken token() {
        return token;
    }

    /** A copy of the value. */
    public byte[] value() {
        return value.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FencedValue that && token.equals(that.token) && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * token.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return value.length + " bytes by token " + token;
    }
}

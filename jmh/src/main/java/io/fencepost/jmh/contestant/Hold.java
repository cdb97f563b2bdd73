package io.fencepost.jmh.contestant;

import java.util.OptionalLong;

/** One lock that a thread holds. To be renewed and released by the thread that acquired it, since some contestants bind a lock to its thread. */
public interface Hold {
    /** The fencing token; empty where the contestant is without {@link Ability#TOKENS}. */
    default OptionalLong token() {
        return OptionalLong.empty();
    }

    /**
     * Extends the hold by one operation of the backend.
     *
     * @return whether the backend confirmed it
     * @throws UnsupportedOperationException without {@link Ability#RENEWS}
     */
    default boolean renew() throws Exception {
        throw new UnsupportedOperationException(Ability.RENEWS.lack());
    }

    /**
     * Gives the lock back, and returns when the backend has confirmed that.
     *
     * @throws Exception if it did not
     */
    void release() throws Exception;
}

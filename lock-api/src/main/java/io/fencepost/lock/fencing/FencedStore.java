package io.fencepost.lock.fencing;

import io.fencepost.lock.FencingToken;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * What a store must be able to do so that {@link FencedResources#over} can guard it: one conditional write, which is atomic and durable, and a read that sees all writes that were answered before.
 *
 * <p>A key's entry is a token, the id of the write that made it, and the value, if it was not deleted. Entries are replaced, never removed. Thread-safe.
 *
 * @param <S> what the store knows an entry by
 */
public interface FencedStore<S extends FencedStore.Stamp> extends AutoCloseable {
    /** What tells an entry from all others of its key, without the value. */
    interface Stamp {
        /** The greatest token that was accepted. */
        FencingToken token();

        /** Of the write that made the entry, see {@link Write#id()}. */
        UUID writeId();
    }

    /**
     * The stamp of a store that needs nothing more.
     *
     * @param token as {@link Stamp#token()}
     * @param writeId as {@link Stamp#writeId()}
     */
    record Mark(FencingToken token, UUID writeId) implements Stamp {
        public Mark {
            Objects.requireNonNull(token, "token");
            Objects.requireNonNull(writeId, "writeId");
        }
    }

    /**
     * A write as it is asked for. Copies of it, which are sent again after an answer was lost, are equal to it.
     *
     * @param key 1 to {@value FencedResource#MAX_KEY_BYTES} bytes in UTF-8
     * @param token of the writer
     * @param id never used by another write
     * @param value empty to delete; not to be changed
     */
    record Write(String key, FencingToken token, UUID id, Optional<byte[]> value) {
        public Write {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(token, "token");
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(value, "value");
        }
    }

    /**
     * What {@link #replace} found.
     *
     * @param <S> as in the store
     */
    sealed interface Answer<S> {
        /**
         * The entry is the write's.
         *
         * @param stamp of the new entry
         */
        record Applied<S>(S stamp) implements Answer<S> {}

        /**
         * The entry was not the expected one, and is unchanged.
         *
         * @param now what it was instead, then or a little later; empty if there was none
         */
        record Refused<S>(Optional<S> now) implements Answer<S> {}
    }

    /**
     * Replaces the entry of {@code write.key()} if it is the expected one. Sent once: a driver that sends again what was not answered must be kept from it, or a refusal would hide that the first copy was applied. The store itself also refuses a token smaller than the entry's, so that no mistake of a client lowers a fence.
     *
     * @param expected what must be there; empty if there must be no entry
     * @param limit for how long it may take
     * @throws io.fencepost.lock.LockUnavailableException it was not done, and never will be
     * @throws io.fencepost.lock.OutcomeUnknownException anything else went wrong: it may have been done, or be done later
     */
    Answer<S> replace(Optional<S> expected, Write write, Duration limit);

    /**
     * The stamp of the entry; empty if there is none.
     *
     * @throws io.fencepost.lock.LockUnavailableException if that could not be found out
     */
    Optional<S> look(String key, Duration limit);

    /**
     * The value and its token; empty if there is none, or it was deleted.
     *
     * @throws io.fencepost.lock.LockUnavailableException if that could not be found out
     */
    Optional<FencedValue> read(String key, Duration limit);

    /** Ends the connections that the store made itself. Idempotent. Default: there are none. */
    @Override
    default void close() {}
}

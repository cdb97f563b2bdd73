package io.fencepost.lock.fencing;

import io.fencepost.lock.FencingToken;
import java.util.Optional;

/**
 * Values by key, each of which remembers the greatest token that it was written with and refuses smaller ones: what makes a holder harmless that was paused beyond its lease.
 *
 * <pre>{@code
 * try (Lease lease = client.lock("orders/42", options).acquire()) {
 *     if (resource.write("orders/42", lease.token(), order) instanceof FencedWrite.Stale stale) {
 *         // a later holder has written: this one is not it any more
 *     }
 * }
 * }</pre>
 *
 * <p>All writes of a key carry tokens of one lock: those of different locks, or of different backends, cannot be compared. A key and its fence exist from the first write on, for ever: {@link #delete}
 * removes the value and keeps the fence.
 *
 * <p><b>Certainty.</b> {@link FencedWrite.Accepted} and {@link FencedWrite.Stale} are certain. {@code LockUnavailableException}: nothing was written, and nothing of this call will be.
 * {@code OutcomeUnknownException}: it may have been written, or still be, but only until the next write of this key, by anybody, is accepted; no late copy comes after that. So to repeat a write after it is
 * safe, and settles it. Writes of one key are linearizable, and so are reads.
 *
 * <p>Thread-safe. Calls block for up to the resource's time limit. An interrupted call ends early, with the interrupt flag set and an exception as above: unknown if the write was under way.
 */
public interface FencedResource extends AutoCloseable {
    /** The longest key, in UTF-8. */
    int MAX_KEY_BYTES = 512;

    /** The largest value: half a MiB, which every guarded store takes by default. */
    int MAX_VALUE_BYTES = 512 * 1024;

    /**
     * Sets the value of a key unless a greater token was accepted for it before. An equal one is accepted: a holder writes more than once.
     *
     * @param key 1 to {@value #MAX_KEY_BYTES} bytes in UTF-8, compared code point by code point
     * @param token of the lease under which the caller writes
     * @param value 0 to {@value #MAX_VALUE_BYTES} bytes, which must not be changed until the call returns
     * @throws IllegalArgumentException if key or value is out of range; nothing was sent
     * @throws io.fencepost.lock.LockUnavailableException nothing was written, for certain
     * @throws io.fencepost.lock.OutcomeUnknownException it may have been written; repeat it, or have a later holder write
     * @throws io.fencepost.lock.LockClosedException if this resource is closed
     */
    FencedWrite write(String key, FencingToken token, byte[] value);

    /** Removes the value of a key as {@link #write} would set it. The fence stays, also where there was no value; so an older write after it is refused. */
    FencedWrite delete(String key, FencingToken token);

    /**
     * The value of a key with the token that it was written with; empty if it was never written, or deleted.
     *
     * @throws IllegalArgumentException if the key is out of range
     * @throws io.fencepost.lock.LockUnavailableException if the store did not answer in time
     * @throws io.fencepost.lock.LockClosedException if this resource is closed
     */
    Optional<FencedValue> read(String key);

    /** Ends this view of the resource and the connections that it made itself; those that it was given stay open. Idempotent. Calls under way end as they can. */
    @Override
    void close();
}

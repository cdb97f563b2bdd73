package io.fencepost.lock.recipe;

import io.fencepost.lock.Lease;

/**
 * What is done under a lease, for its effect.
 *
 * @param <E> what it may fail with; inferred as {@link RuntimeException} where it throws nothing checked
 */
@FunctionalInterface
public interface LeaseAction<E extends Exception> {
    /** @param lease in force when the call begins; its token belongs into every write, and {@link Lease#ensureValid} before what must not be done too late */
    void run(Lease lease) throws E;
}

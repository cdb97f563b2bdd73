package io.fencepost.lock;

/** Something that was registered and can be taken back. */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
    /** Takes the registration back. Idempotent; a call already on its way may still arrive. */
    @Override
    void close();
}

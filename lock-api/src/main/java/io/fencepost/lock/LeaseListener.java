package io.fencepost.lock;

/** Is told when the state of a lease changes. */
@FunctionalInterface
public interface LeaseListener {
    /**
     * Called once for each change, in the order of the changes. May block and may throw: it delays only itself.
     *
     * @param lease whose state changed
     * @param state what it changed to; {@link Lease#state()} may already have moved on
     */
    void stateChanged(Lease lease, LeaseState state);
}

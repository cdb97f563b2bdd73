package io.fencepost.jmh.floor;

/**
 * The least that a lock over a backend can do: one raw call of the driver that takes a name, and one that gives it back. No fencing, no renewal, no
 * queue; only for measuring beside a provider, on the same cluster and in the same run.
 *
 * <p>Not thread-safe: one thread, one floor.
 */
public interface Floor extends AutoCloseable {
    /**
     * Makes the raw call that takes {@code name}: what is timed. Blocks for the call.
     *
     * @param name letters, digits and hyphens
     * @throws IllegalStateException if the name is taken, which a lone user of the floor never sees
     */
    default void take(String name) throws Exception {
        if (!tryTake(name)) {
            throw new IllegalStateException("'" + name + "' is not as its only user left it");
        }
    }

    /**
     * The same call where others may hold the name.
     *
     * @return whether it was free
     */
    boolean tryTake(String name) throws Exception;

    /** Undoes {@link #take} by one call. Blocks for it. */
    void giveBack(String name) throws Exception;

    /** Ends the connections. */
    @Override
    void close();
}

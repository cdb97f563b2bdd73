package io.fencepost.scenarios.chaos.fault;

/** One fault of one run. Used by one thread; all methods block, for seconds at most. */
public interface Fault {
    /**
     * Begins.
     *
     * @throws Exception if it cannot begin, with a message that says why
     */
    void start() throws Exception;

    /** What it hits, in words; known once it has begun. */
    String target();

    /**
     * What shows that it took effect, in words. Asked before it is undone.
     *
     * @throws UnprovedException if nothing shows it
     */
    String proof() throws UnprovedException;

    /**
     * Undoes it; also if it had begun in part only.
     *
     * @return what shows that it is undone, in words
     * @throws Exception if that fails
     */
    String heal() throws Exception;
}

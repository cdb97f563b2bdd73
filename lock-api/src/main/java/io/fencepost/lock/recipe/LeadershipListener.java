package io.fencepost.lock.recipe;

/**
 * Is told when a {@link LeaderElector} leads. Calls come one after the other, on a thread that the elector has for nothing else; what they throw is logged and changes nothing.
 */
public interface LeadershipListener {
    /**
     * The term has begun. Not called for a term that is over before the call could begin.
     *
     * <p>May return at once, having begun the leader's work elsewhere, or do that work: the thread is interrupted if the term ends before the call returns. {@link #ended} waits for the
     * return, so a call that ignores the interrupt keeps the end of its own term from being told, but not {@link Leadership#isValid()} from knowing it.
     *
     * @param leadership valid a moment ago
     */
    void elected(Leadership leadership);

    /**
     * The term is over: stop what the leader does. Called once for each {@link #elected}, after it has returned, while the lease is normally still valid for the elector's margin at least: nobody
     * else is elected before this call returns or the validity ends. This elector does not campaign again before it returns, however long that takes.
     *
     * @param leadership not valid any more
     */
    void ended(Leadership leadership);
}

package io.fencepost.infra;

import java.time.Duration;

/**
 * A process of this machine that is no server of a cluster, such as one that holds a lock: it can be stopped with SIGSTOP and go on with SIGCONT. It is known by
 * its id and its start time, so that a reused id is never hit. Thread safe.
 */
public final class StoppableProcess {
    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(10);

    private final ProcessIdentity process;

    private StoppableProcess(ProcessIdentity process) {
        this.process = process;
    }

    /**
     * The process of that id.
     *
     * @throws IllegalStateException if there is none
     */
    public static StoppableProcess of(long pid) {
        return new StoppableProcess(
                ProcessIdentity.of(pid).orElseThrow(() -> new IllegalStateException("process " + pid + " is gone")));
    }

    /** What the operating system says of it now. */
    public NodeState state() {
        return process.state();
    }

    /**
     * Sends SIGSTOP and returns when the operating system shows every thread stopped.
     *
     * @throws IllegalStateException if it is gone or does not stop
     */
    public void pause() {
        process.signal("STOP");
        await("stop", NodeState.PAUSED);
    }

    /**
     * Sends SIGCONT and returns when the operating system shows it running.
     *
     * @throws IllegalStateException if it is gone or does not go on
     */
    public void resume() {
        process.signal("CONT");
        await("go on", NodeState.RUNNING);
    }

    private void await(String what, NodeState wanted) {
        if (!Waiting.until(SIGNAL_LIMIT, Waiting.STEP, () -> process.state() == wanted)) {
            throw new IllegalStateException("process " + process.pid() + " did not " + what + " within " + SIGNAL_LIMIT
                    + ", it is " + process.state());
        }
    }
}

package io.fencepost.history;

/** What is done, as field {@code op} has it. The nemesis adds names of faults of its own. */
public final class Op {
    /** A worker asks for a lock. */
    public static final String ACQUIRE = "acquire";
    /** A worker's lease was renewed: an observation without an invocation. */
    public static final String RENEWED = "renewed";
    /** A worker was told that its lease is lost: an observation. */
    public static final String LOST = "lost";
    /** A worker gives a lease back. */
    public static final String RELEASE = "release";
    /** A holder reads the protected store; of process {@link #STORE}, the store at its linearization point. */
    public static final String READ = "read";
    /** A holder writes to the protected store; of process {@link #STORE}, the store at its linearization point. */
    public static final String WRITE = "write";
    /** The nemesis undoes a fault. */
    public static final String HEAL = "heal";
    /** The runner enters a phase. */
    public static final String PHASE = "phase";
    /** The runner started a worker. */
    public static final String WORKER_STARTED = "worker-started";
    /** The runner killed a worker. */
    public static final String WORKER_KILLED = "worker-killed";
    /** Something unclassified went wrong. */
    public static final String EXCEPTION = "exception";
    /** A line in the log of a server that looks like a panic. */
    public static final String SERVER_LOG = "server-log";

    /** The process that is the protected store. */
    public static final String STORE = "store";
    /** The process that injects faults. */
    public static final String NEMESIS = "nemesis";
    /** The process that runs the others. */
    public static final String RUNNER = "runner";

    private Op() {}
}

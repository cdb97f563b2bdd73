package io.fencepost.infra;

/** What the operating system says of the process of a node. */
public enum NodeState {
    /** The process exists and is scheduled; it may still be starting. */
    RUNNING,
    /** The process is stopped by a signal: its connections stay open and nothing answers. */
    PAUSED,
    /** There is no such process. */
    DEAD
}

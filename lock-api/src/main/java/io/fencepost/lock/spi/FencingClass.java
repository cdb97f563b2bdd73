package io.fencepost.lock.spi;

/** Where fencing tokens come from, and so what their order rests on. */
public enum FencingClass {
    /** From a replicated, linearizable register: greater through any failure that the backend itself survives. */
    CONSENSUS,
    /** From one store, such as a database: greater as long as it keeps what it committed. */
    STORE,
    /** From a quorum of independent nodes: greater as long as no node forgets what it stored. */
    QUORUM,
    /** From the memory of this process: greater within its life. */
    PROCESS
}

package io.fencepost.infra;

/** How much of the machine the servers may use. Redis is the same in both. */
public enum PerformanceProfile {
    /** Quick to start and small: the first-tier compiler only, a serial collector, 256 MB of heap a Cassandra node. */
    TEST,
    /** For measurements: the optimizing compiler, G1, 1 GB of heap a Cassandra node and 512 MB a ZooKeeper server. */
    BENCHMARK
}

package io.fencepost.infra;

/** What a server promises to still know after a sudden death. */
public enum Durability {
    /**
     * Nothing is acknowledged before it is synced: Redis {@code appendfsync always}, Cassandra {@code commitlog_sync: batch},
     * ZooKeeper {@code forceSync=yes}. The same promise for all three, so that they compare.
     */
    SAFE,
    /**
     * Amnesia on purpose: Redis persists nothing, Cassandra syncs its commit log every 10 s (and forgets up to as much),
     * ZooKeeper does not force its log to disk.
     */
    UNSAFE
}

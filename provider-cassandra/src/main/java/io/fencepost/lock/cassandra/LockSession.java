package io.fencepost.lock.cassandra;

/**
 * A connected client.
 *
 * @param name of its threads
 * @param table to work on
 * @param disconnect ends its connections and threads; blocks for a few seconds at most, and may be called again
 */
record LockSession(String name, LockTable table, Runnable disconnect) {}

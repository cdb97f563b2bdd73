package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig.Address;

/** What runs scripts: a node, seen by the operations. */
interface ScriptTarget {
    Address address();

    boolean inService();

    /** Why it is not in service, if it is not. */
    Throwable problem();

    /**
     * Runs a script. {@code reply} is told exactly once, perhaps before this returns; it may be told nothing for as long as the server hangs. Calls made by different
     * threads may be carried out in another order than they were made. A release that fails is sent again as soon as the node is back, for as long as a lock can last.
     */
    void call(Script script, String[] keys, String[] args, NodeReply reply);
}

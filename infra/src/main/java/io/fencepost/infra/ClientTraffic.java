package io.fencepost.infra;

/** A direction between the clients on this machine and a node, named as in {@link LinkFaults}. */
public enum ClientTraffic {
    /** From the clients to the node. */
    REQUESTS,
    /** From the node to the clients. */
    ANSWERS
}

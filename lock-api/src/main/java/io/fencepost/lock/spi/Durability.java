package io.fencepost.lock.spi;

/** Through what the backend remembers its fencing tokens, so that the next one is higher. */
public enum Durability {
    /** Through nothing: they are gone with the processes that keep them. */
    PROCESS,
    /** A restart of all servers at once, also a crash, with the disks that they have. */
    RESTART
}

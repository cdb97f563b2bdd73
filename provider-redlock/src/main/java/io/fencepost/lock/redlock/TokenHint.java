package io.fencepost.lock.redlock;

/** What number an attempt proposes to the nodes, which take it if their fence is below. For speed only: it makes nodes that missed some grants agree at once. */
enum TokenHint {
    /** The wall clock of the client in milliseconds. */
    CLOCK,
    /** None: tokens count from 1. */
    NONE
}

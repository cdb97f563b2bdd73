package io.fencepost.jmh.contestant;

/** Why a contestant is measured. */
public enum Role {
    /** A provider of this project, through the public API. */
    OURS,
    /** Raw calls of the driver: the least that any correct lock over the backend must do. */
    FLOOR,
    /** Another library. */
    PEER,
    /** Ours with one thing changed, to show what that thing is worth. */
    EXPERIMENT
}

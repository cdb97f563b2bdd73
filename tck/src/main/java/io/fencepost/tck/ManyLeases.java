package io.fencepost.tck;

/** The size of rule 4.6. */
final class ManyLeases {
    /** How many leases of one client are renewed. */
    static final int COUNT = 1_000;

    /** How many of them are asked for at once. */
    static final int AT_ONCE = 50;

    private ManyLeases() {}
}

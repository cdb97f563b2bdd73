package io.fencepost.lock.redlock;

import java.util.UUID;

/**
 * The texts in a node's marker key. A node that is admitted bears a random number and the run id of the server that was admitted, so that whoever connects next can tell, without having
 * seen anything before, whether that server was restarted since, and whether it lost what it had.
 */
final class Marker {
    /** A node without a marker: new, or has forgotten all. */
    static final String NONE = "";

    private static final String JOINING = "joining/";

    private Marker() {}

    /** For a server that is admitted. */
    static String admitting(String runId) {
        return UUID.randomUUID() + "/" + runId;
    }

    /**
     * For a server that lost its marker, from when that is noticed until it is admitted. It grants nothing meanwhile; and as no two are equal, whoever sees it again knows that the
     * server was neither admitted nor emptied in between.
     */
    static String joining() {
        return JOINING + UUID.randomUUID();
    }

    /** Whether it says that the server with this run id was admitted. */
    static boolean admits(String marker, String runId) {
        return !isJoining(marker) && marker.endsWith("/" + runId);
    }

    /** Whether it says that the node was admitted once. */
    static boolean ofMember(String marker) {
        return !marker.equals(NONE) && !isJoining(marker);
    }

    /** Whether it says that the node is kept out or being caught up, or was until the client that did so went away. */
    static boolean isJoining(String marker) {
        return marker.startsWith(JOINING);
    }
}

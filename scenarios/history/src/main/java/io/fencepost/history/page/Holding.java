package io.fencepost.history.page;

import io.fencepost.history.Grant;
import io.fencepost.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A bar of the timeline: from the grant to when its holder stopped relying on it.
 *
 * @param until in the history's nanoseconds, at the latest its last event
 * @param how what ended it
 */
record Holding(Grant grant, long until, End how) {
    /** What ended a lease, in the words of the page. */
    enum End {
        RELEASE("release"),
        LOSS("lost"),
        KILL("killed"),
        VALIDITY("end of validity"),
        HISTORY("end of history");

        private final String words;

        End(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    static List<Holding> of(History history, List<Stop> stops) {
        List<Holding> holdings = new ArrayList<>();
        for (List<Grant> grants : history.grants().values()) {
            for (Grant grant : grants) {
                holdings.add(of(grant, history.end(), stops));
            }
        }
        holdings.sort(Comparator.comparingLong(Holding::from)
                .thenComparingInt(holding -> holding.grant().line()));
        return holdings;
    }

    private static Holding of(Grant grant, long historyEnd, List<Stop> stops) {
        long until = grant.heldUntil();
        End how;
        if (until == grant.releaseInvoked()) {
            how = End.RELEASE;
        } else if (until == grant.lost()) {
            how = End.LOSS;
        } else if (isKilled(grant, until, stops)) {
            how = End.KILL;
        } else {
            how = until > historyEnd ? End.HISTORY : End.VALIDITY;
        }
        return new Holding(grant, Math.max(Math.min(until, historyEnd), grant.granted()), how);
    }

    private static boolean isKilled(Grant grant, long until, List<Stop> stops) {
        return stops.stream()
                .anyMatch(stop -> stop.how() == Stop.Kind.KILLED
                        && stop.process().equals(grant.process())
                        && stop.from() >= grant.granted()
                        && stop.from() <= until);
    }

    long from() {
        return grant.granted();
    }
}

package io.fencepost.lock.redlock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which nodes count, from what one client knows of all of them: the guard against nodes that forget. {@link CatchUp} says why what it decides is enough. Thread-safe.
 */
final class Membership {
    /** What is to be done with one node. */
    sealed interface Decision {
        /** It counts; its marker is this. */
        record Serve(String marker) implements Decision {}

        /** It may count as it is; its marker must still be this. */
        record Admit(String marker) implements Decision {}

        /**
         * It may count once it has been caught up; its marker must still be this.
         *
         * @param sources the nodes to read
         * @param needed how many of them must be read; 0 if there are too few for any promise, and whatever can be read is better than nothing
         */
        record CatchUp(String marker, List<Integer> sources, int needed) implements Decision {}

        /** It lacks its marker, and is to be marked as joining: how long it stays out is counted from there. */
        record Mark() implements Decision {}

        /** It must wait until this instant at least. */
        record StayOut(long until, String reason) implements Decision {}

        /**
         * Other nodes have to be seen first.
         *
         * @param settling whether they are about to be
         */
        record SeeOthers(boolean settling, String reason) implements Decision {}
    }

    /** How long another client may take to admit all nodes of a new deployment; until then, those that are left do not look as if they had forgotten. */
    static final Duration FOUNDING = Duration.ofSeconds(2);

    private final int quorum;
    private final Standing[] standings;
    /** New nodes that may be admitted: decided for all at once, or those admitted first would make the others look like ones that forgot. */
    private final Set<Integer> founders = new HashSet<>();
    /** Since when nodes lack a marker while others have theirs. */
    private final Map<Integer, Long> lackingSince = new HashMap<>();

    /** @param nodes how many there are, odd */
    Membership(int nodes) {
        quorum = nodes / 2 + 1;
        standings = new Standing[nodes];
        Arrays.fill(standings, new Standing.Unseen(false));
    }

    synchronized void saw(int node, Standing standing) {
        standings[node] = standing;
        if (!(standing instanceof Standing.Unmarked)) {
            founders.remove(node);
            lackingSince.remove(node);
        }
    }

    /** What is in a node's marker key as far as is known. */
    synchronized String marker(int node) {
        Standing standing = standings[node];
        if (standing instanceof Standing.Member member) {
            return member.marker();
        }
        if (standing instanceof Standing.Believed believed) {
            return believed.marker();
        }
        return standing instanceof Standing.Forgetful forgetful ? forgetful.marker() : Marker.NONE;
    }

    /** @param nanoTime of this client */
    synchronized Decision decide(int node, long nanoTime) {
        Standing standing = standings[node];
        if (standing instanceof Standing.Member member) {
            return new Decision.Serve(member.marker());
        }
        if (standing instanceof Standing.Believed believed) {
            return new Decision.Admit(believed.marker());
        }
        if (standing instanceof Standing.Unmarked unmarked) {
            if (founders.contains(node)) {
                return new Decision.Admit(Marker.NONE);
            }
            if (isNewDeployment()) {
                lackingSince.remove(node);
                return found(nanoTime, unmarked);
            }
            long since = lackingSince.computeIfAbsent(node, absent -> nanoTime);
            return nanoTime - since < FOUNDING.toNanos()
                    ? new Decision.StayOut(unmarked.harmlessFrom(), "it came back without its data")
                    : new Decision.Mark();
        }
        if (standing instanceof Standing.Forgetful forgetful) {
            if (forgetful.marker().equals(Marker.NONE)) {
                return new Decision.Mark();
            }
            return join(node, nanoTime, forgetful.marker(), forgetful.harmlessFrom(), forgetful.reason());
        }
        return new Decision.SeeOthers(false, "it was not seen");
    }

    /** Nobody bears a marker, as far as can be seen. */
    private boolean isNewDeployment() {
        return Arrays.stream(standings)
                .allMatch(each -> each instanceof Standing.Unmarked || each instanceof Standing.Unseen);
    }

    private Decision found(long nanoTime, Standing.Unmarked own) {
        Set<Integer> unmarked = new HashSet<>();
        long latest = nanoTime;
        // those out of sight may bear markers, and then more nodes have forgotten than can be made up for, at any time,
        // but not yet let a second holder in
        boolean allSeen = Arrays.stream(standings).noneMatch(Standing.Unseen.class::isInstance);
        for (int i = 0; i < standings.length; i++) {
            if (standings[i] instanceof Standing.Unseen unseen && !unseen.tried()) {
                return new Decision.SeeOthers(true, "it is new, and not all of the others have been tried yet");
            }
            if (standings[i] instanceof Standing.Unmarked other) {
                unmarked.add(i);
                long from = allSeen ? other.newFrom() : other.harmlessFrom();
                latest = from - latest > 0 ? from : latest;
            }
        }
        if (unmarked.size() < quorum) {
            return new Decision.SeeOthers(
                    false, "it is new or came back without its data, and too few of the others can be seen to tell");
        }
        if (latest - nanoTime > 0) {
            return new Decision.StayOut(latest, own.reason());
        }
        founders.addAll(unmarked);
        return new Decision.Admit(Marker.NONE);
    }

    private Decision join(int node, long nanoTime, String marker, long harmlessFrom, String reason) {
        List<Integer> members = new ArrayList<>();
        List<Integer> seen = new ArrayList<>();
        int forgetful = 0;
        for (int i = 0; i < standings.length; i++) {
            Standing each = standings[i];
            forgetful += each instanceof Standing.Unmarked || each instanceof Standing.Forgetful ? 1 : 0;
            if (i != node && each instanceof Standing.Member) {
                members.add(i);
            }
            if (i != node && !(each instanceof Standing.Unseen)) {
                seen.add(i);
            }
        }
        boolean provable = members.size() >= quorum;
        if (!provable && forgetful < quorum) {
            return new Decision.SeeOthers(
                    false, reason + ", and fewer than a quorum of the others can be seen that remember");
        }
        if (harmlessFrom - nanoTime > 0) {
            return new Decision.StayOut(harmlessFrom, reason);
        }
        return provable ? new Decision.CatchUp(marker, members, quorum) : new Decision.CatchUp(marker, seen, 0);
    }
}

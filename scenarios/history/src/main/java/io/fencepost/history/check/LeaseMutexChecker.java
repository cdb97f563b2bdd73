package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.Operation;
import io.fencepost.history.RunFacts;
import io.fencepost.history.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * K4: what was observed of a lock is linearizable against the lease mutex, with its tokens in the order of the linearization.
 *
 * <p><b>The model.</b> A lock is free, or a lease of a grant <i>g</i> with an end of validity. An <i>acquire</i> needs it free and begins g with a token greater than all
 * before. A <i>renewal</i> of g needs g to have it, and moves the end of validity. A <i>release</i> answered {@code released} needs g to have it, and frees it. A lease may
 * <i>end by itself</i> at any time from its end of validity on, and not before. Each of them takes effect at one instant: an acquire between the invocation of the attempt
 * that succeeded and its return, a renewal between the instant it was sent and its being observed, a release between its invocation and its return.
 *
 * <p><b>What constrains nothing.</b> An acquire that failed as {@code contended}: a refusal is right whenever anybody could have had the lock, and a backend may also refuse
 * because of what an attempt with a lost answer left behind, within the grace in which it has not noticed an end of validity, or after a look that was stale when its
 * answer came; that the lock must not be refused for ever is K6's matter. An acquire with an unknown outcome: it may or may not have happened, and since no answer that is
 * checked needs the lock to be held by somebody else, whatever can be explained with it can be explained without. A release with an unknown outcome may take effect at any
 * time from its invocation on, or never. A release answered {@code not_held} found the lease over by then, or repeated a request that had ended it: the lease ends by
 * the return of the release, and by itself or by the release.
 *
 * <p><b>The algorithm.</b> A grant takes part in a linearization as an interval: it begins at s and ends at e, and intervals of one lock do not overlap. From the rules
 * above, s is in [a, L] with a the attempt and L the earliest of the return of the acquire and the observations of its renewals, all of which come after the beginning; e is
 * in [E, U], with
 * <ul>
 *   <li>E = max(invocation of the release, latest sending of a renewal) and U = the return of the release, if that was answered {@code released};
 *   <li>E = min(that, latest end of validity) if it was answered {@code not_held}, with U its return, or did not come to a known end, with U infinite;
 *   <li>E = latest end of validity and U infinite, if there was none.
 * </ul>
 * so that L ≤ U, since nobody releases what was not granted yet, and a ≤ E, since no validity ends before it was asked for.
 * All renewals come before the end, since nothing revives a lease, so that their latest end of validity and sending count. A choice of s and e that contains another choice
 * for the same grant can be replaced by the smaller one without harm to the others. If E &gt; L, every choice contains [L, E], the <i>core</i> of the grant, which is a
 * choice itself: the grant holds the lock all that time and need not hold it at any other. If E ≤ L, every choice contains an instant p in [E, L], namely E if
 * s ≤ E, and s otherwise, and to begin and end at p is a choice itself: one instant is all that the grant needs. Hence there is a linearization without regard to tokens
 * if and only if the bounds of every grant leave room, no two cores overlap, and every grant without a core finds an instant that is not inside of a core. With tokens
 * their order is the order of the linearization, and it is best to begin and end each grant as early as its bounds and its predecessor allow: any other choice leaves its
 * successor less. Both take n·log n. Whatever is left of a history without some of its grants is as linearizable as before, so that where grants clash the tokens of those that
 * do not are judged all the same.
 *
 * <p><b>False answers.</b> Where two grants clash because one was answered {@code released} after its validity had ended, and would not if the answer had been
 * {@code not_held}, nobody had the lock at the same time as another: the answer was wrong. That is a finding of its own, which no expectation excuses. To read an answer so
 * only widens the choices of its grant, and clashes are a matter of two grants, so that it is enough to look at each clash by itself, until none is left that goes away.
 *
 * <p>Touching ends are no overlap: instants are read with errors, all of which are on the side of no alarm.
 */
final class LeaseMutexChecker implements Checker {
    private static final Comparator<Lease> BY_CORE =
            Comparator.comparingLong(Lease::latestStart).thenComparingLong(Lease::earliestEnd);

    @Override
    public String id() {
        return "K4";
    }

    @Override
    public String title() {
        return "lease mutex";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        ExposedTimes exposed = ExposedTimes.of(history, facts);
        int judged = 0;
        for (List<Grant> grants : history.grants().values()) {
            List<Lease> leases = new ArrayList<>(grants.size());
            for (Grant grant : grants) {
                leases.add(Lease.of(grant));
            }
            judged += leases.size();
            check(history, leases, exposed, findings);
        }
        findings.metric("grants", judged);
        return findings.verdict();
    }

    private static void check(History history, List<Lease> leases, ExposedTimes exposed, Findings findings) {
        List<Clash> clashes = clashes(leases);
        IdentityHashMap<Lease, Lease> doubted = doubted(history, clashes, findings);
        while (!doubted.isEmpty()) {
            IdentityHashMap<Lease, Lease> replacements = doubted;
            leases.replaceAll(lease -> replacements.getOrDefault(lease, lease));
            clashes = clashes(leases);
            doubted = doubted(history, clashes, findings);
        }
        Set<Lease> clashing = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Clash clash : clashes) {
            clash.report(history, exposed, findings);
            clashing.add(clash.later);
            if (clash.earlier != null) {
                clashing.add(clash.earlier);
            }
        }
        leases.removeIf(clashing::contains);
        checkTokens(history, leases, findings);
    }

    /** Everything that keeps the leases from a linearization if tokens do not count: every lease that clashes with any is in one of them. */
    private static List<Clash> clashes(List<Lease> leases) {
        List<Clash> clashes = new ArrayList<>();
        List<Lease> cores = new ArrayList<>();
        List<Lease> instants = new ArrayList<>();
        for (Lease lease : leases) {
            if (!lease.hasRoom()) {
                clashes.add(new Clash(null, lease));
            } else if (lease.hasCore()) {
                cores.add(lease);
            } else {
                instants.add(lease);
            }
        }
        cores.sort(BY_CORE);
        List<Lease> longest = new ArrayList<>(cores.size());
        for (Lease core : cores) {
            Lease before = longest.isEmpty() ? null : longest.get(longest.size() - 1);
            if (before != null && core.latestStart < before.earliestEnd) {
                clashes.add(new Clash(before, core));
            }
            longest.add(before == null || core.earliestEnd > before.earliestEnd ? core : before);
        }
        for (Lease instant : instants) {
            int next = firstAfter(cores, instant.earliestEnd);
            if (next > 0 && longest.get(next - 1).earliestEnd > instant.latestStart) {
                clashes.add(new Clash(longest.get(next - 1), instant));
            }
        }
        return clashes;
    }

    /**
     * Finds the releases whose answer is what makes leases clash, and reports them.
     *
     * @return their leases, each with what it is if its release found it over
     */
    private static IdentityHashMap<Lease, Lease> doubted(History history, List<Clash> clashes, Findings findings) {
        IdentityHashMap<Lease, Lease> doubted = new IdentityHashMap<>();
        for (Clash clash : clashes) {
            Lease earlier = clash.earlier;
            Lease later = clash.later;
            if (earlier == null || doubted.containsKey(earlier) || doubted.containsKey(later)) {
                continue;
            }
            boolean byEarlier = !earlier.ifNotHeld().clashes(later);
            boolean byLater = !byEarlier && !earlier.clashes(later.ifNotHeld());
            boolean byBoth = !byEarlier && !byLater && !earlier.ifNotHeld().clashes(later.ifNotHeld());
            if (byEarlier || byBoth) {
                doubted.put(earlier, earlier.ifNotHeld());
                reportAnswer(history, earlier, later, findings);
            }
            if (byLater || byBoth) {
                doubted.put(later, later.ifNotHeld());
                reportAnswer(history, later, earlier, findings);
            }
        }
        return doubted;
    }

    private static void reportAnswer(History history, Lease told, Lease other, Findings findings) {
        findings.invalid(
                "lock '%s': %s (%s) was answered 'released' although it was over: with another answer there is an order with %s (%s)"
                        .formatted(
                                told.grant.lock(),
                                Text.grant(told.grant),
                                told.tell(history),
                                Text.grant(other.grant),
                                other.tell(history)),
                lines(told, other));
    }

    /** The index of the first core that begins at that instant or later. */
    private static int firstAfter(List<Lease> cores, long instant) {
        int low = 0;
        int high = cores.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cores.get(middle).latestStart < instant) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static void checkTokens(History history, List<Lease> leases, Findings findings) {
        Set<Long> tokens = new HashSet<>();
        for (Lease lease : leases) {
            if (!tokens.add(lease.grant.token())) {
                return;
            }
        }
        List<Lease> byToken = new ArrayList<>(leases);
        byToken.sort(Comparator.comparingLong(lease -> lease.grant.token()));
        long now = Long.MIN_VALUE;
        Lease last = null;
        for (Lease lease : byToken) {
            long start = Math.max(now, lease.earliestStart);
            long end = Math.max(start, lease.earliestEnd);
            if (start > lease.latestStart) {
                findings.invalid(
                        Finding.Kind.TOKEN_REGRESSION,
                        "lock '%s': in no order of the grants that explains the rest is %s (%s) after %s (%s)"
                                .formatted(
                                        lease.grant.lock(),
                                        Text.grant(lease.grant),
                                        lease.tell(history),
                                        last == null ? "nothing" : Text.grant(last.grant),
                                        last == null ? "" : last.tell(history)),
                        last == null ? lease.lines() : lines(last, lease));
            } else {
                now = end;
                last = lease;
            }
        }
    }

    private static Integer[] lines(Lease a, Lease b) {
        List<Integer> lines = new ArrayList<>(List.of(a.lines()));
        lines.addAll(List.of(b.lines()));
        return lines.toArray(Integer[]::new);
    }

    /**
     * Two leases that no order explains.
     *
     * @param earlier the lease that holds the lock when the other cannot but hold it too, or null if that contradicts itself
     */
    private record Clash(@Nullable Lease earlier, Lease later) {
        void report(History history, ExposedTimes exposed, Findings findings) {
            if (earlier == null) {
                findings.invalid(
                        exposed.kind(later.contradicted()),
                        "lock '%s': %s was renewed after it had ended, or ended before it began: %s"
                                .formatted(later.grant.lock(), Text.grant(later.grant), later.tell(history)),
                        later.lines());
            } else if (later.hasCore()) {
                findings.invalid(
                        exposed.kind(later.latestStart),
                        "lock '%s': no order explains both %s (%s) and %s (%s)"
                                .formatted(
                                        later.grant.lock(),
                                        Text.grant(earlier.grant),
                                        earlier.tell(history),
                                        Text.grant(later.grant),
                                        later.tell(history)),
                        LeaseMutexChecker.lines(earlier, later));
            } else {
                findings.invalid(
                        exposed.kind(later.earliestEnd, later.latestStart),
                        "lock '%s': %s (%s) cannot have been granted while %s (%s)"
                                .formatted(
                                        later.grant.lock(),
                                        Text.grant(later.grant),
                                        later.tell(history),
                                        Text.grant(earlier.grant),
                                        earlier.tell(history)),
                        LeaseMutexChecker.lines(earlier, later));
            }
        }
    }

    /** Between which instants a grant began, and between which it ended. */
    private record Lease(Grant grant, long earliestStart, long latestStart, long earliestEnd, long latestEnd) {
        static Lease of(Grant grant) {
            long latestStart = grant.granted();
            for (Event renewal : grant.renewals()) {
                latestStart = Math.min(latestStart, renewal.nanos());
            }
            long expiry = expiry(grant);
            Operation release = grant.release();
            if (release == null) {
                return new Lease(grant, grant.attempt(), latestStart, expiry, Grant.NEVER);
            }
            long byRelease = Math.max(release.invoked(), grant.lastAttempt());
            Event completion = release.completion();
            if (release.outcome() != Operation.Outcome.OK || completion == null) {
                return new Lease(grant, grant.attempt(), latestStart, Math.min(byRelease, expiry), Grant.NEVER);
            }
            boolean released = completion.text(Field.OUTCOME).equals(Word.RELEASED);
            long earliestEnd = released ? byRelease : Math.min(byRelease, expiry);
            return new Lease(grant, grant.attempt(), latestStart, earliestEnd, completion.nanos());
        }

        private static long expiry(Grant grant) {
            return Math.max(grant.validUntil(), grant.lastAttempt());
        }

        /** The same if its release had been answered {@code not_held}, and itself if that is no difference. */
        Lease ifNotHeld() {
            return new Lease(grant, earliestStart, latestStart, Math.min(earliestEnd, expiry(grant)), latestEnd);
        }

        /** Whether it holds the lock for some time, whatever is chosen. */
        boolean hasCore() {
            return earliestEnd > latestStart;
        }

        /** Whether there is no order of these two: cores overlap, or one has no instant outside of the other's core. */
        boolean clashes(Lease other) {
            return latestStart < other.earliestEnd && other.latestStart < earliestEnd;
        }

        /** Where there is no room, the instant at which that came about. */
        long contradicted() {
            return earliestEnd > latestEnd ? earliestEnd : latestStart;
        }

        /** Releases are invoked after their grant was answered, so that latestStart ≤ latestEnd. */
        boolean hasRoom() {
            return earliestStart <= latestStart && earliestEnd <= latestEnd;
        }

        String tell(History history) {
            return "begun between %s and %s, ended between %s and %s"
                    .formatted(
                            Text.at(history, earliestStart),
                            Text.at(history, latestStart),
                            Text.at(history, earliestEnd),
                            Text.at(history, latestEnd));
        }

        Integer[] lines() {
            Operation release = grant.release();
            return release == null
                    ? new Integer[] {grant.line()}
                    : new Integer[] {grant.line(), release.invoke().line()};
        }
    }
}

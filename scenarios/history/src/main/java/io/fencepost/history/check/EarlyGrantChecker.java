package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * K3: nobody is granted a lock before the last successful acquire or renewal of the holder before was invoked + ttl·(1−ρ) − margin, unless that holder invoked its
 * release (rule 3.1). What the holder thinks of its validity does not matter here, nor that it died.
 *
 * <p>Which of two grants came before the other is told by real time where that is definite, and else by their tokens. The end of a claim falls behind for good once a
 * grant came after it, so that a sweep over grants has only those claims at hand that are in force or under way: n·log n, as long as grants are not early in masses.
 */
final class EarlyGrantChecker implements Checker {
    @Override
    public String id() {
        return "K3";
    }

    @Override
    public String title() {
        return "no early grant";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        ExposedTimes exposed = ExposedTimes.of(history, facts);
        for (List<Grant> grants : history.grants().values()) {
            check(history, facts, grants, exposed, findings);
        }
        return findings.verdict();
    }

    private static void check(
            History history, RunFacts facts, List<Grant> byGrant, ExposedTimes exposed, Findings findings) {
        List<Claim> byAttempt = new ArrayList<>(byGrant.size());
        for (Grant grant : byGrant) {
            byAttempt.add(Claim.of(grant, facts));
        }
        byAttempt.sort(Comparator.comparingLong(claim -> claim.grant.attempt()));
        List<Claim> inForce = new ArrayList<>();
        int begun = 0;
        for (Grant grant : byGrant) {
            while (begun < byAttempt.size() && byAttempt.get(begun).grant.attempt() <= grant.granted()) {
                inForce.add(byAttempt.get(begun++));
            }
            Claim broken = null;
            for (Iterator<Claim> claims = inForce.iterator(); claims.hasNext() && broken == null; ) {
                Claim claim = claims.next();
                if (claim.until() <= grant.granted()) {
                    claims.remove();
                } else if (isBefore(claim.grant, grant)) {
                    broken = claim;
                }
            }
            if (broken != null) {
                report(history, broken, grant, exposed, findings);
            }
        }
    }

    private static boolean isBefore(Grant a, Grant b) {
        if (a.id() == b.id() && a.process().equals(b.process())) {
            return false;
        }
        if (a.granted() < b.attempt()) {
            return true;
        }
        return b.granted() >= a.attempt() && a.token() < b.token();
    }

    private static void report(History history, Claim claim, Grant early, ExposedTimes exposed, Findings findings) {
        Event renewal = claim.renewal;
        Grant holder = claim.grant;
        List<Integer> lines = new ArrayList<>(List.of(holder.line()));
        if (renewal != null) {
            lines.add(renewal.line());
        }
        lines.add(early.line());
        findings.invalid(
                exposed.kind(early.granted()),
                "lock '%s': %s was granted at %s, %s before the end of %s, which was last %s at %s with a ttl of %d ms"
                        .formatted(
                                early.lock(),
                                Text.grant(early),
                                Text.at(history, early.granted()),
                                Text.millis(claim.until() - early.granted()),
                                Text.grant(holder),
                                renewal == null ? "asked for" : "renewed",
                                Text.at(history, claim.since),
                                holder.ttlMillis()),
                lines.toArray(Integer[]::new));
    }

    /** Until when nobody else may be granted. */
    private record Claim(Grant grant, @Nullable Event renewal, long since, long end) {
        static Claim of(Grant grant, RunFacts facts) {
            long since = grant.attempt();
            Event last = null;
            for (Event renewal : grant.renewals()) {
                if (renewal.number(Field.ATTEMPT) > since) {
                    since = renewal.number(Field.ATTEMPT);
                    last = renewal;
                }
            }
            double floorMillis = grant.ttlMillis() * (1 - facts.drift()) - facts.driftMarginMillis();
            return new Claim(grant, last, since, since + (long) (floorMillis * 1e6));
        }

        long until() {
            return Math.min(end, grant.releaseInvoked());
        }
    }
}

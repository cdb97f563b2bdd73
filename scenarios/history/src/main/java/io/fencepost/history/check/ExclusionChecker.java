package io.fencepost.history.check;

import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import java.util.List;

/**
 * K1: the times at which holders rely on one lock are disjoint: from the return of the acquire to the invocation of the release, the end of validity as last known, or
 * the announcement of the loss, whichever comes first.
 *
 * <p>All ends err on the side of no alarm, by the time between the instant itself and its being read; an alarm is therefore a fact. What a paused holder does after its
 * validity ended is not seen here: that is what tokens are for, and K5 looks at it.
 */
final class ExclusionChecker implements Checker {
    static final String DOUBLE_HOLDERS = "double_holders";
    static final String OVERLAP_MS = "overlap_total_ms";

    @Override
    public String id() {
        return "K1";
    }

    @Override
    public String title() {
        return "exclusion";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        ExposedTimes exposed = ExposedTimes.of(history, facts);
        int doubleHolders = 0;
        long overlap = 0;
        for (List<Grant> grants : history.grants().values()) {
            Grant longest = null;
            for (Grant grant : grants) {
                if (grant.heldUntil() <= grant.granted()) {
                    continue;
                }
                if (longest != null && grant.granted() < longest.heldUntil()) {
                    long shared = Math.min(grant.heldUntil(), longest.heldUntil()) - grant.granted();
                    doubleHolders++;
                    overlap += shared;
                    findings.invalid(
                            exposed.kind(grant.granted()),
                            "lock '%s': %s was granted at %s while %s was held until %s: two holders for %s"
                                    .formatted(
                                            grant.lock(),
                                            Text.grant(grant),
                                            Text.at(history, grant.granted()),
                                            Text.grant(longest),
                                            Text.at(history, longest.heldUntil()),
                                            Text.millis(shared)),
                            longest.line(),
                            grant.line());
                }
                if (longest == null || grant.heldUntil() > longest.heldUntil()) {
                    longest = grant;
                }
            }
        }
        findings.metric(DOUBLE_HOLDERS, doubleHolders);
        findings.metric(OVERLAP_MS, Text.toMillis(overlap));
        return findings.verdict();
    }
}

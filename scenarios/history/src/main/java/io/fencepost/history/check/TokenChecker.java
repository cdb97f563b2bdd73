package io.fencepost.history.check;

import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * K2: the tokens of one lock are positive and unique, and if the grant of <i>a</i> returned before the attempt of <i>b</i> was invoked, then the token of <i>a</i> is
 * smaller (rules 2.1, 2.2).
 *
 * <p>Every grant is compared with the greatest token among those that had returned, which finds every grant that is out of order, in n·log n.
 */
final class TokenChecker implements Checker {
    @Override
    public String id() {
        return "K2";
    }

    @Override
    public String title() {
        return "tokens";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        for (List<Grant> grants : history.grants().values()) {
            checkUnique(history, grants, findings);
            checkOrder(history, grants, findings);
        }
        return findings.verdict();
    }

    private static void checkUnique(History history, List<Grant> byGrant, Findings findings) {
        Map<Long, Grant> seen = new HashMap<>();
        for (Grant grant : byGrant) {
            if (grant.token() <= 0) {
                findings.invalid(
                        Finding.Kind.TOKEN_REGRESSION,
                        "lock '%s': %s is not positive".formatted(grant.lock(), Text.grant(grant)),
                        grant.line());
            }
            Grant earlier = seen.putIfAbsent(grant.token(), grant);
            if (earlier != null) {
                findings.invalid(
                        Finding.Kind.TOKEN_REGRESSION,
                        "lock '%s': %s at %s has the token that was issued as %s at %s"
                                .formatted(
                                        grant.lock(),
                                        Text.grant(grant),
                                        Text.at(history, grant.granted()),
                                        Text.grant(earlier),
                                        Text.at(history, earlier.granted())),
                        earlier.line(),
                        grant.line());
            }
        }
    }

    private static void checkOrder(History history, List<Grant> byGrant, Findings findings) {
        List<Grant> byAttempt = new ArrayList<>(byGrant);
        byAttempt.sort(Comparator.comparingLong(Grant::attempt));
        int returned = 0;
        Grant greatest = null;
        for (Grant grant : byAttempt) {
            while (returned < byGrant.size() && byGrant.get(returned).granted() < grant.attempt()) {
                Grant candidate = byGrant.get(returned++);
                if (greatest == null || candidate.token() > greatest.token()) {
                    greatest = candidate;
                }
            }
            if (greatest != null && grant.token() < greatest.token()) {
                findings.invalid(
                        Finding.Kind.TOKEN_REGRESSION,
                        "lock '%s': %s was asked for at %s, after %s had been granted at %s, and is smaller"
                                .formatted(
                                        grant.lock(),
                                        Text.grant(grant),
                                        Text.at(history, grant.attempt()),
                                        Text.grant(greatest),
                                        Text.at(history, greatest.granted())),
                        greatest.line(),
                        grant.line());
            }
        }
    }
}

package io.fencepost.scenarios.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * K2: the tokens of one lock are unique, and if the grant of <i>a</i> returned before the attempt of <i>b</i> was invoked, then the token of <i>a</i> is smaller.
 *
 * <p>Every grant is compared with the greatest token among those that had returned, which finds every grant that is out of order, in n·log n.
 */
final class TokenChecker {
    private TokenChecker() {}

    /** @param grants of one lock, in any order */
    static List<Violation> check(List<GrantRecord> grants) {
        List<Violation> violations = new ArrayList<>();
        Map<Long, GrantRecord> seen = new HashMap<>();
        List<GrantRecord> byGrant = new ArrayList<>(grants);
        byGrant.sort(Comparator.comparingLong(GrantRecord::grantedNanos));
        for (GrantRecord grant : byGrant) {
            GrantRecord earlier = seen.putIfAbsent(grant.token(), grant);
            if (earlier != null) {
                violations.add(new Violation(Violation.Rule.TOKEN_REPEATED, earlier, grant));
            }
        }

        List<GrantRecord> byAttempt = new ArrayList<>(grants);
        byAttempt.sort(Comparator.comparingLong(GrantRecord::attemptNanos));
        int returned = 0;
        GrantRecord greatest = null;
        for (GrantRecord grant : byAttempt) {
            while (returned < byGrant.size() && byGrant.get(returned).grantedNanos() < grant.attemptNanos()) {
                GrantRecord candidate = byGrant.get(returned++);
                if (greatest == null || candidate.token() > greatest.token()) {
                    greatest = candidate;
                }
            }
            if (greatest != null && grant.token() < greatest.token()) {
                violations.add(new Violation(Violation.Rule.TOKEN_ORDER, greatest, grant));
            }
        }
        return violations;
    }
}

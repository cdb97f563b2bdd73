package io.fencepost.scenarios.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * K1: the intervals [granted, min(released, end of validity)) of one lock are disjoint.
 *
 * <p>Both ends err on the side of no alarm, by the microseconds between the instant itself and its being read; an alarm is therefore a fact.
 */
final class ExclusionChecker {
    private ExclusionChecker() {}

    /** @param grants of one lock, in any order */
    static List<Violation> check(List<GrantRecord> grants) {
        List<GrantRecord> byStart = new ArrayList<>(grants);
        byStart.sort(Comparator.comparingLong(GrantRecord::grantedNanos));
        List<Violation> violations = new ArrayList<>();
        GrantRecord longest = null;
        for (GrantRecord grant : byStart) {
            if (grant.endNanos() <= grant.grantedNanos()) {
                continue;
            }
            if (longest != null && grant.grantedNanos() < longest.endNanos()) {
                violations.add(new Violation(Violation.Rule.DOUBLE_HOLDER, longest, grant));
            }
            longest = laterEnd(longest, grant);
        }
        return violations;
    }

    private static GrantRecord laterEnd(@Nullable GrantRecord a, GrantRecord b) {
        return a != null && a.endNanos() >= b.endNanos() ? a : b;
    }
}

package io.fencepost.scenarios.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the recorded grants say of a lock service.
 *
 * @param grants how many were judged
 * @param doubleHolders grants that began while another grant of the same lock was in force (K1)
 * @param tokenViolations grants with a repeated token, or with a token out of order (K2)
 */
public record Verdict(int grants, List<Violation> doubleHolders, List<Violation> tokenViolations) {
    public Verdict {
        doubleHolders = List.copyOf(doubleHolders);
        tokenViolations = List.copyOf(tokenViolations);
    }

    /** Judges grants of any number of locks, in any order. */
    public static Verdict of(Collection<GrantRecord> grants) {
        Map<String, List<GrantRecord>> byLock = new LinkedHashMap<>();
        for (GrantRecord grant : grants) {
            byLock.computeIfAbsent(grant.lock(), lock -> new ArrayList<>()).add(grant);
        }
        List<Violation> doubleHolders = new ArrayList<>();
        List<Violation> tokenViolations = new ArrayList<>();
        for (List<GrantRecord> ofOneLock : byLock.values()) {
            doubleHolders.addAll(ExclusionChecker.check(ofOneLock));
            tokenViolations.addAll(TokenChecker.check(ofOneLock));
        }
        return new Verdict(grants.size(), doubleHolders, tokenViolations);
    }

    /** Whether nothing was found. */
    public boolean isClean() {
        return doubleHolders.isEmpty() && tokenViolations.isEmpty();
    }
}

package io.fencepost.scenarios.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checkers on histories made by hand: what they must accept, and what they must not. */
class VerdictTest {
    /** A grant of lock {@code a} whose attempt was invoked when it was called. */
    private static GrantRecord grant(long token, long called, long granted, long released, long validUntil) {
        return attempted(token, called, called, granted, released, validUntil);
    }

    private static GrantRecord attempted(
            long token, long called, long attempt, long granted, long released, long validUntil) {
        return new GrantRecord("s", "a", "w1", 0, token, called, attempt, granted, released, validUntil);
    }

    private static GrantRecord ofLock(String lock, GrantRecord grant) {
        return new GrantRecord(
                grant.scenario(),
                lock,
                grant.process(),
                grant.thread(),
                grant.token(),
                grant.calledNanos(),
                grant.attemptNanos(),
                grant.grantedNanos(),
                grant.releasedNanos(),
                grant.validUntilNanos());
    }

    private static void assertClean(GrantRecord... grants) {
        assertThat(Verdict.of(List.of(grants)).isClean()).isTrue();
    }

    private static List<Violation.Rule> rules(GrantRecord... grants) {
        Verdict verdict = Verdict.of(List.of(grants));
        List<Violation.Rule> rules = new ArrayList<>();
        verdict.doubleHolders().forEach(violation -> rules.add(violation.rule()));
        verdict.tokenViolations().forEach(violation -> rules.add(violation.rule()));
        return rules;
    }

    @Test
    void acceptsNoGrantAtAll() {
        assertClean();
    }

    @Test
    void acceptsOneAfterTheOther() {
        assertClean(grant(1, 0, 10, 20, 1_000), grant(2, 15, 30, 40, 1_000), grant(7, 50, 60, 70, 1_000));
    }

    @Test
    void acceptsAGrantAtTheVeryInstantOfTheReleaseBefore() {
        assertClean(grant(1, 0, 10, 20, 1_000), grant(2, 5, 20, 30, 1_000));
    }

    @Test
    void acceptsATakeoverAfterTheEndOfValidityOfAHolderThatNeverReleased() {
        assertClean(grant(1, 0, 10, GrantRecord.NEVER, 100), grant(2, 50, 100, 110, 200));
    }

    @Test
    void acceptsAReleaseThatComesAfterAnotherTookOver() {
        assertClean(grant(1, 0, 10, 500, 100), grant(2, 50, 120, 130, 220));
    }

    @Test
    void acceptsOverlappingGrantsOfDifferentLocksWithTheSameToken() {
        assertClean(grant(1, 0, 10, 100, 1_000), ofLock("b", grant(1, 0, 10, 100, 1_000)));
    }

    @Test
    void acceptsAGrantThatWasWorthNothing() {
        assertClean(grant(1, 0, 10, 100, 1_000), grant(2, 20, 50, 60, 50));
    }

    @Test
    void rejectsTwoHoldersAtATime() {
        assertThat(rules(grant(1, 0, 10, 100, 1_000), grant(2, 5, 99, 200, 1_000)))
                .containsExactly(Violation.Rule.DOUBLE_HOLDER);
    }

    @Test
    void rejectsAGrantBeforeTheEndOfValidityOfAKilledHolder() {
        assertThat(rules(grant(1, 0, 10, GrantRecord.NEVER, 100), grant(2, 50, 99, 110, 200)))
                .containsExactly(Violation.Rule.DOUBLE_HOLDER);
    }

    @Test
    void rejectsEveryGrantInsideALongOneAlsoAfterAShortOne() {
        assertThat(rules(
                        grant(1, 0, 10, 1_000, 1_000),
                        grant(2, 11, 20, 30, 1_000),
                        grant(3, 31, 40, 50, 1_000),
                        grant(4, 900, 1_000, 1_010, 2_000)))
                .containsExactly(Violation.Rule.DOUBLE_HOLDER, Violation.Rule.DOUBLE_HOLDER);
    }

    @Test
    void rejectsATokenIssuedTwice() {
        assertThat(rules(grant(5, 0, 10, 20, 1_000), grant(5, 5, 30, 40, 1_000)))
                .containsExactly(Violation.Rule.TOKEN_REPEATED);
    }

    @Test
    void rejectsASmallerTokenForALaterAttempt() {
        assertThat(rules(grant(9, 0, 10, 20, 1_000), grant(8, 11, 30, 40, 1_000)))
                .containsExactly(Violation.Rule.TOKEN_ORDER);
    }

    @Test
    void acceptsASmallerTokenOfAnAttemptThatWasUnderWayAlready() {
        assertClean(grant(9, 0, 10, 20, 1_000), grant(8, 10, 30, 40, 1_000));
    }

    @Test
    void judgesByTheAttemptAndNotByTheCall() {
        assertThat(rules(grant(9, 0, 10, 20, 1_000), attempted(8, 5, 25, 30, 40, 1_000)))
                .containsExactly(Violation.Rule.TOKEN_ORDER);
    }

    @Test
    void comparesWithTheGreatestTokenAndNotOnlyWithTheLast() {
        assertThat(rules(
                        grant(9, 0, 10, 20, 1_000),
                        grant(3, 11, 30, 40, 1_000),
                        grant(4, 41, 50, 60, 1_000),
                        grant(10, 61, 70, 80, 1_000)))
                .containsExactly(Violation.Rule.TOKEN_ORDER, Violation.Rule.TOKEN_ORDER);
    }

    @Test
    void findsTheSameInAnyOrderOfTheRecords() {
        List<GrantRecord> grants = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            grants.add(grant(i + 1, i * 10L, i * 10L + 5, i * 10L + 9, 100_000));
        }
        grants.add(grant(3, 995, 1_000, 1_010, 100_000));
        grants.add(grant(200, 1_001, 1_005, 1_020, 100_000));
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(grants, new Random(seed));
            Verdict verdict = Verdict.of(grants);
            assertThat(verdict.grants()).isEqualTo(102);
            assertThat(verdict.doubleHolders()).hasSize(1);
            assertThat(verdict.tokenViolations())
                    .extracting(Violation::rule)
                    .containsExactlyInAnyOrder(Violation.Rule.TOKEN_REPEATED, Violation.Rule.TOKEN_ORDER);
        }
    }

    @Test
    void tellsAViolationWithLockTokensAndInstants() {
        Verdict verdict = Verdict.of(List.of(grant(1, 0, 10, 100, 1_000), grant(2, 5, 99, 200, 1_000)));

        assertThat(verdict.doubleHolders())
                .singleElement()
                .hasToString("lock 'a' in s: token 2 to w1/0 at [99, 200) was granted while another grant was in force"
                        + " (token 1 to w1/0 at [10, 100))");
    }
}

package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** K2. */
class TokenCheckerTest {
    private final Checks k2 = new Checks(new TokenChecker());

    @Test
    void acceptsGrowingTokens() {
        k2.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 20, 30);
            story.grant("w1", 9, 40, 50);
        });
    }

    @Test
    void acceptsASmallerTokenOfAnAttemptThatWasUnderWay() {
        k2.accepts(story -> {
            story.grant("w1", 2, 0, 10);
            story.grant("w2", 1, 10, 30);
        });
    }

    @Test
    void acceptsTheSameTokenOfDifferentLocks() {
        k2.accepts(story -> {
            story.grant("w1", "a", 1, 0, 0, 10, 100);
            story.grant("w1", "b", 1, 20, 20, 30, 100);
        });
    }

    @Test
    void acceptsEqualTokensOfRenewals() {
        k2.accepts(story -> story.grant("w1", 1, 0, 10).renewed(30, 35).renewed(60, 65));
    }

    @Test
    void acceptsTokensWithGaps() {
        k2.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 1_700_000_000_000L, 20, 30);
        });
    }

    @Test
    void rejectsATokenThatWasIssuedTwice() {
        k2.rejects(
                story -> {
                    story.grant("w1", 5, 0, 10);
                    story.grant("w2", 5, 5, 30);
                },
                2,
                4);
    }

    @Test
    void rejectsASmallerTokenForALaterAttempt() {
        k2.rejects(
                story -> {
                    story.grant("w1", 5, 0, 10);
                    story.grant("w2", 4, 11, 30);
                },
                2,
                4);
    }

    @Test
    void rejectsByTheAttemptAndNotByTheCall() {
        k2.rejects(
                story -> {
                    story.grant("w1", 5, 0, 10);
                    story.grant("w2", "a", 4, 5, 25, 30, 100);
                },
                2,
                4);
    }

    @Test
    void rejectsByTheGreatestTokenAndNotOnlyByTheLast() {
        Verdict verdict = k2.of(story -> {
            story.grant("w1", 9, 0, 10);
            story.grant("w1", 3, 11, 30);
            story.grant("w1", 4, 41, 50);
            story.grant("w1", 10, 61, 70);
        });
        assertThat(verdict.result()).isEqualTo(Result.INVALID);
        assertThat(verdict.findings())
                .hasSize(2)
                .allSatisfy(finding -> assertThat(finding.kind()).isEqualTo(Finding.Kind.TOKEN_REGRESSION));
    }

    @Test
    void rejectsATokenThatIsNotPositive() {
        k2.rejects(story -> story.grant("w1", 0, 0, 10), 2);
    }

    @Test
    void rejectsATokenThatRestartsAfterALongTime() {
        k2.rejects(
                story -> {
                    story.grant("w1", 1_000, 0, 10).released(20, 30);
                    story.grant("w2", 1, 1_000_000, 1_000_010);
                },
                2,
                6);
    }
}

package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Story;
import org.junit.jupiter.api.Test;

/** K4. */
class LeaseMutexCheckerTest {
    private final Checks k4 = new Checks(new LeaseMutexChecker());

    @Test
    void acceptsOneAfterTheOther() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 30);
            story.grant("w2", 2, 5, 25).released(40, 50);
        });
    }

    @Test
    void acceptsATakeoverAfterTheEndOfValidity() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).renewed(50, 55);
            story.grant("w2", 2, 20, 150);
        });
    }

    @Test
    void acceptsALateAnswerOfALeaseThatWasOverAlready() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 300).notHeld(310, 320);
            story.grant("w2", 2, 90, 110).renewed(180, 190);
        });
    }

    @Test
    void acceptsAReleaseThatMayHaveHappened() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).releasing(20);
            story.grant("w2", 2, 15, 30).releasedPerhaps(35, 45);
            story.grant("w3", 3, 15, 40);
        });
    }

    @Test
    void acceptsAReleaseThatMayNeverHaveHappened() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).releasing(20);
            story.grant("w2", 2, 15, 101);
        });
    }

    @Test
    void acceptsAttemptsOfWhichNobodyKnows() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 30);
            story.unknown("w2", "a", 15, 50);
            story.refused("w3", "a", "contended", 40, 45);
            story.pending("w4", "a", 45);
            story.grant("w3", 2, 50, 60);
        });
    }

    @Test
    void acceptsARenewalObservedAfterTheRelease() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 30).renewed(15, 40);
            story.grant("w2", 2, 12, 25);
        });
    }

    @Test
    void rejectsAGrantDuringALease() {
        k4.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).released(50, 60);
                    story.grant("w2", 2, 12, 40);
                },
                2,
                3,
                6);
    }

    @Test
    void rejectsAReleaseOfALeaseThatAnotherHadTakenOver() {
        k4.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).released(200, 210);
                    story.grant("w2", 2, 100, 120);
                },
                2,
                3,
                6);
    }

    @Test
    void rejectsARenewalAfterTheLeaseWasOver() {
        k4.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).renewed(150, 155);
                    story.grant("w2", 2, 101, 110).released(120, 125);
                },
                2,
                5,
                6);
    }

    @Test
    void rejectsARenewalAfterTheRelease() {
        k4.rejects(story -> story.grant("w1", 1, 0, 10).released(20, 30).renewed(35, 40), 2, 3);
    }

    @Test
    void rejectsARenewalAfterAReleaseThatFoundNothing() {
        k4.rejects(story -> story.grant("w1", 1, 0, 10).notHeld(20, 30).renewed(35, 40), 2, 3);
    }

    @Test
    void rejectsAGrantThatFindsNoInstantBetweenTwoLeases() {
        k4.rejects(
                story -> {
                    story.grant("w1", 1, 0, 5).renewed(60, 65);
                    story.grant("w2", 2, 140, 161);
                    story.grant("w3", 3, 10, 150).released(150, 155);
                },
                2,
                7,
                8);
    }

    @Test
    void rejectsTokensInAnOrderThatNothingExplains() {
        Verdict verdict = k4.of(story -> {
            story.grant("w1", 2, 0, 10).released(20, 25);
            story.grant("w2", 1, 0, 30).released(40, 45);
        });
        assertThat(verdict.result()).isEqualTo(Result.INVALID);
        assertThat(verdict.findings())
                .singleElement()
                .extracting(Finding::kind)
                .isEqualTo(Finding.Kind.TOKEN_REGRESSION);
        new Checks(new TokenChecker()).accepts(story -> {
            story.grant("w1", 2, 0, 10).released(20, 25);
            story.grant("w2", 1, 0, 30).released(40, 45);
        });
    }

    /** A worker was stopped between the answer and its report; others rightly had the lock meanwhile, and one has it still. */
    private static void reportedLate(Story story, long until) {
        story.grantThatWasOver("w1", 5, 1, 500, until).notHeld(501, 502);
        story.grant("w2", 6, 100, 215).released(220, 225);
        story.grant("w3", 7, 450, 490).released(510, 515);
    }

    @Test
    void acceptsAGrantThatIsReportedWhenItIsOver() {
        k4.accepts(story -> reportedLate(story, 1));
        new Checks(new ExclusionChecker()).accepts(story -> reportedLate(story, 1));
        assertThat(k4.of(story -> reportedLate(story, 501)).result())
                .as("if it is said to have been valid when it was reported")
                .isEqualTo(Result.INVALID);
    }

    @Test
    void saysThatAReleaseWasAnsweredFalselyWhereThatExplainsAll() {
        Verdict verdict = k4.of(story -> {
            story.grant("w1", 1, 0, 10).released(200, 210);
            story.grant("w2", 2, 100, 120).released(130, 135);
            story.grant("w3", 3, 110, 140);
        });
        assertThat(verdict.result()).isEqualTo(Result.INVALID);
        assertThat(verdict.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.OTHER);
            assertThat(finding.message()).contains("token 1 of w1", "'released' although it was over");
        });
    }

    @Test
    void saysThatTheAnswerOfALateReportWasFalse() {
        Verdict verdict = k4.of(story -> {
            story.grant("w2", 2, 110, 120).renewed(170, 175).renewed(220, 225);
            story.grantThatWasOver("w1", 1, 1, 250, 101).released(260, 265);
        });
        assertThat(verdict.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Finding.Kind.OTHER);
            assertThat(finding.message()).contains("token 1 of w1", "'released' although it was over");
        });
    }

    @Test
    void blamesTheLockIfNoAnswerExplainsIt() {
        assertThat(k4.of(story -> {
                            story.grant("w1", 1, 0, 10).released(200, 210);
                            story.grant("w2", 2, 50, 60);
                        })
                        .findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.DOUBLE_HOLDER);
    }

    /** A server that is late to notice may say so, as long as nobody else had the lock. */
    @Test
    void acceptsALateReleaseThatNobodyContradicts() {
        k4.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(200, 210);
            story.grant("w2", 2, 150, 220);
        });
    }

    @Test
    void checksTheTokensOfGrantsThatClashWithNone() {
        Verdict verdict = k4.of(story -> {
            story.grant("w1", 1, 0, 10).released(50, 60);
            story.grant("w2", 2, 12, 40).released(55, 60);
            story.grant("w1", 4, 200, 210).released(220, 225);
            story.grant("w2", 3, 200, 230).released(240, 245);
        });
        assertThat(verdict.findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.DOUBLE_HOLDER, Finding.Kind.TOKEN_REGRESSION);
        assertThat(verdict.findings().get(1).message()).contains("token 4 of w1");
    }

    @Test
    void seesAGrantInsideOfALeaseThatOthersOverlapAsWell() {
        Verdict verdict = k4.of(story -> {
            story.grant("w1", 1, 0, 10).released(95, 99);
            story.grant("w2", 2, 12, 40).released(50, 55);
            story.grantThatWasOver("w3", 3, 60, 80, 61);
        });
        assertThat(verdict.findings())
                .extracting(Finding::message)
                .anySatisfy(message -> assertThat(message).contains("token 3 of w3", "cannot have been granted"));
    }
}

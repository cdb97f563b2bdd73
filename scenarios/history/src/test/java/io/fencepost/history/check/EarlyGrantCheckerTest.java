package io.fencepost.history.check;

import io.fencepost.history.RunFacts;
import org.junit.jupiter.api.Test;

/** K3. */
class EarlyGrantCheckerTest {
    private final Checks k3 = new Checks(new EarlyGrantChecker());
    private final Checks drifting = new Checks(
            new EarlyGrantChecker(), RunFacts.builder().fact("drift", 0.1).build());

    @Test
    void acceptsAGrantAtTheEndOfTheTtl() {
        k3.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 90, 100);
        });
    }

    @Test
    void acceptsAGrantThatIsEarlyByTheDrift() {
        drifting.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 80, 90);
        });
    }

    @Test
    void acceptsAGrantAfterAReleaseWasInvoked() {
        k3.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 40);
            story.grant("w2", 2, 15, 30);
        });
    }

    @Test
    void acceptsAGrantAfterAReleaseThatMayHaveHappened() {
        k3.accepts(story -> {
            story.grant("w1", 1, 0, 10).releasing(20);
            story.grant("w2", 2, 15, 30);
        });
    }

    @Test
    void acceptsALateAnswerOfAGrantThatWasOverBefore() {
        k3.accepts(story -> {
            story.grant("w1", 1, 0, 150);
            story.grant("w2", 2, 90, 110).released(120, 125);
        });
    }

    @Test
    void acceptsTheOtherOrderOfTwoAttemptsUnderWay() {
        k3.accepts(story -> {
            story.grant("w1", 2, 0, 30);
            story.grant("w2", 1, 5, 10).released(12, 15);
        });
    }

    @Test
    void rejectsAGrantBeforeTheEndOfTheTtl() {
        k3.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10);
                    story.grant("w2", 2, 90, 99);
                },
                2,
                4);
    }

    @Test
    void rejectsAGrantThatIsEarlyByMoreThanTheDrift() {
        drifting.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10);
                    story.grant("w2", 2, 80, 89);
                },
                2,
                4);
    }

    @Test
    void rejectsAGrantBeforeTheEndOfARenewedLease() {
        k3.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).renewed(60, 65);
                    story.grant("w2", 2, 130, 159);
                },
                2,
                3,
                5);
    }

    @Test
    void rejectsAGrantThatWasAnsweredBeforeTheEarlierOne() {
        k3.rejects(
                story -> {
                    story.grant("w1", 1, 0, 40);
                    story.grant("w2", 2, 5, 20);
                },
                2,
                4);
    }

    @Test
    void rejectsAGrantWhoseHolderReleasesOnlyLater() {
        k3.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).released(60, 65);
                    story.grant("w2", 2, 30, 59);
                },
                2,
                6);
    }

    @Test
    void rejectsAGrantToTheNextWhenTheHolderWasOnlyToldOfALoss() {
        k3.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).lost(50);
                    story.grant("w2", 2, 60, 70);
                },
                2,
                5);
    }

    @Test
    void rejectsByRealTimeWhenTokensWentDown() {
        k3.rejects(
                story -> {
                    story.grant("w1", 100, 0, 10);
                    story.grant("w2", 1, 20, 30);
                },
                2,
                4);
    }

    @Test
    void acceptsTokensThatWentDownAfterARelease() {
        k3.accepts(story -> {
            story.grant("w1", 100, 0, 10).released(11, 12);
            story.grant("w2", 1, 20, 30);
        });
    }
}

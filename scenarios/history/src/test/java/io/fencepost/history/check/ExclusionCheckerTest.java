package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** K1. */
class ExclusionCheckerTest {
    private final Checks k1 = new Checks(new ExclusionChecker());

    @Test
    void acceptsNoGrantAtAll() {
        k1.accepts(story -> story.refused("w1", "a", "contended", 0, 5));
    }

    @Test
    void acceptsOneAfterTheOther() {
        k1.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 25);
            story.grant("w2", 2, 5, 20).released(30, 35);
        });
    }

    @Test
    void acceptsATakeoverAtTheEndOfValidity() {
        k1.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 50, 100);
        });
    }

    @Test
    void acceptsAReleaseThatComesAfterAnotherTookOver() {
        k1.accepts(story -> {
            story.grant("w1", 1, 0, 10).notHeld(500, 510);
            story.grant("w2", 2, 50, 120);
        });
    }

    @Test
    void acceptsAGrantAfterTheLossWasAnnounced() {
        k1.accepts(story -> {
            story.grant("w1", 1, 0, 10).lost(60);
            story.grant("w2", 2, 50, 60);
        });
    }

    @Test
    void acceptsHoldersOfDifferentLocks() {
        k1.accepts(story -> {
            story.grant("w1", "a", 1, 0, 0, 10, 100);
            story.grant("w2", "b", 1, 0, 0, 10, 100);
        });
    }

    @Test
    void acceptsAGrantThatWasWorthNothingWhenItCame() {
        k1.accepts(story -> {
            story.grant("w1", 1, 0, 110);
            story.grant("w2", 2, 105, 108);
        });
    }

    @Test
    void rejectsTwoHoldersAtATime() {
        k1.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).released(50, 55);
                    story.grant("w2", 2, 5, 49);
                },
                2,
                6);
    }

    @Test
    void rejectsAGrantBeforeTheEndOfValidityOfADeadHolder() {
        k1.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10);
                    story.killed("w1", 20);
                    story.grant("w2", 2, 50, 99);
                },
                2,
                5);
    }

    @Test
    void rejectsAGrantBeforeTheEndOfRenewedValidity() {
        k1.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).renewed(80, 85);
                    story.grant("w2", 2, 50, 120);
                },
                2,
                5);
    }

    @Test
    void rejectsEveryGrantInsideOfALongOneAlsoAfterAShortOne() {
        Verdict verdict = k1.of(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 10, 20).released(25, 26);
            story.grant("w2", 3, 30, 40).released(45, 46);
        });
        assertThat(verdict.found()).isEqualTo(2);
        assertThat(verdict.metrics()).containsEntry("double_holders", 2).containsEntry("overlap_total_ms", 10.0);
    }

    @Test
    void rejectsAnOverlapThatEventsOutOfOrderHide() {
        k1.rejects(
                story -> {
                    story.grant("w2", 2, 5, 49);
                    story.grant("w1", 1, 0, 10).released(50, 55);
                },
                4,
                2);
    }

    @Test
    void tellsLockTokensAndInstants() {
        Verdict verdict = k1.of(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 5, 40);
        });
        assertThat(verdict.findings())
                .singleElement()
                .extracting(Finding::message)
                .isEqualTo(
                        "lock 'a': token 2 of w2 (acquire 1) was granted at 0.040000 s while token 1 of w1 (acquire 1)"
                                + " was held until 0.100000 s: two holders for 60.000 ms");
    }
}

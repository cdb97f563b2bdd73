package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.RunFacts;
import io.fencepost.history.Story;
import org.junit.jupiter.api.Test;

/** K6, with a takeover bound of 200 ms. */
class LivenessCheckerTest {
    private final Checks k6 = new Checks(
            new LivenessChecker(),
            RunFacts.builder().fact("takeover_bound_ms", 200).build());

    @Test
    void acceptsAGrantRightAfterHealing() {
        Verdict verdict = k6.of(story -> {
            story.grant("w1", 1, 0, 10).released(20, 25);
            story.phase("final", 1_000);
            story.grant("w1", 2, 1_005, 1_010);
        });
        assertThat(verdict.result()).isEqualTo(Result.VALID);
        assertThat(verdict.metrics()).containsEntry("slowest_ms", 5.0).containsEntry("locks", 1);
    }

    @Test
    void acceptsATakeoverWithinTheBound() {
        k6.accepts(story -> {
            story.grant("w1", 1, 900, 990);
            story.killed("w1", 995);
            story.phase("final", 1_000);
            story.grant("w2", 2, 950, 1_200);
        });
    }

    @Test
    void acceptsThatALivingHolderKeepsItsLock() {
        k6.accepts(story -> {
            story.grant("w1", 1, 900, 990)
                    .renewed(1_080, 1_085)
                    .renewed(1_170, 1_175)
                    .renewed(1_260, 1_265)
                    .released(1_330, 1_340);
            story.phase("final", 1_000);
            story.grant("w2", 2, 1_000, 1_345).released(1_350, 1_355);
        });
    }

    @Test
    void acceptsThatNobodyAskedBeforeLong() {
        k6.accepts(story -> {
            story.grant("w1", 1, 0, 10).released(20, 25);
            story.phase("final", 1_000);
            story.grant("w1", 2, 5_000, 5_100).released(5_110, 5_120);
        });
    }

    @Test
    void acceptsEveryLockOfSeveral() {
        k6.accepts(story -> {
            story.phase("final", 1_000);
            story.grant("w1", "a", 1, 1_000, 1_000, 1_010, 100);
            story.grant("w1", "b", 1, 1_020, 1_020, 1_030, 100);
        });
    }

    @Test
    void rejectsALockThatNobodyGetsAnyMore() {
        k6.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).released(20, 25);
                    story.phase("final", 1_000);
                    story.refused("w2", "a", "contended", 1_000, 1_300);
                },
                5,
                6);
    }

    @Test
    void rejectsAGrantAfterTheBound() {
        k6.rejects(
                story -> {
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_201);
                },
                1,
                2);
    }

    @Test
    void rejectsALockThatIsUnavailableAfterTheBound() {
        k6.rejects(
                story -> {
                    story.phase("final", 1_000);
                    story.refused("w1", "a", "unavailable", 1_000, 1_010);
                    story.refused("w1", "a", "unavailable", 1_210, 1_220);
                },
                1,
                4);
    }

    @Test
    void rejectsOneOfSeveralLocks() {
        k6.rejects(
                story -> {
                    story.phase("final", 1_000);
                    story.grant("w1", "a", 1, 1_000, 1_000, 1_010, 100);
                    story.refused("w1", "b", "contended", 1_020, 1_300);
                },
                1,
                4);
    }

    @Test
    void rejectsAWaiterThatIsLeftWaiting() {
        k6.rejects(
                story -> {
                    story.phase("final", 1_000);
                    story.pending("w1", "a", 1_010);
                    story.phase("end", 2_000);
                },
                1,
                2);
    }

    @Test
    void rejectsALateGrantAfterTheHolderReleased() {
        k6.rejects(
                story -> {
                    story.grant("w1", 1, 950, 960).released(1_020, 1_030);
                    story.phase("final", 1_000);
                    story.grant("w2", 2, 1_000, 1_221);
                },
                5,
                6);
    }

    @Test
    void cannotTellWithoutAnybodyWhoTried() {
        k6.cannotTell(
                story -> {
                    story.grant("w1", 1, 0, 10).released(20, 25);
                    story.phase("final", 1_000);
                },
                "nobody asked");
    }

    @Test
    void cannotTellIfNobodyTriedAtTheBound() {
        k6.cannotTell(
                story -> {
                    story.phase("final", 1_000);
                    story.refused("w1", "a", "contended", 1_000, 1_100);
                    story.phase("end", 2_000);
                },
                "nobody tried");
    }

    @Test
    void cannotTellIfTheRunEndsBeforeTheBound() {
        k6.cannotTell(
                story -> {
                    story.phase("final", 1_000);
                    story.pending("w1", "a", 1_000);
                    story.phase("end", 1_100);
                },
                "nobody tried");
    }

    @Test
    void cannotTellByWaitersThatGaveUpOrDied() {
        k6.cannotTell(
                story -> {
                    story.pending("w1", "a", 100);
                    story.phase("final", 1_000);
                    story.refused("w2", "a", "cancelled", 1_000, 1_300);
                },
                "nobody tried");
    }

    @Test
    void cannotTellWithoutPhaseOrBound() {
        k6.cannotTell(story -> story.grant("w1", 1, 0, 10), "no phase 'final'");
        new Checks(new LivenessChecker()).cannotTell(story -> story.phase("final", 0), "takeover_bound_ms");
        k6.cannotTell((Story story) -> story.phase("final", 0), "no lock was used");
    }

    @Test
    void acceptsThatEveryLivingWorkerIsGrantedSomething() {
        Verdict verdict = k6.of(story -> {
            story.started("w1", 0).started("w2", 0);
            story.phase("final", 1_000);
            story.grant("w1", "a", 1, 1_000, 1_000, 1_010, 100).released(1_015, 1_020);
            story.refused("w2", "b", "unavailable", 1_000, 1_010);
            story.refused("w2", "b", "unavailable", 1_010, 1_020);
            story.grant("w2", "a", 2, 1_020, 1_020, 1_030, 100);
            story.grant("w1", "b", 1, 1_030, 1_030, 1_040, 100);
            story.phase("end", 2_000);
        });
        assertThat(verdict.result()).isEqualTo(Result.VALID);
        assertThat(verdict.metrics()).containsEntry("workers", 2);
    }

    /** Those that were killed, those that came later, and those that ask for nothing. */
    @Test
    void acceptsWorkersOfWhichNothingIsToBeExpected() {
        k6.accepts(story -> {
            story.started("w1", 0).started("w2", 0).started("w4", 0).killed("w2", 900);
            story.phase("final", 1_000);
            story.started("w3", 1_001);
            for (int i = 0; i < 5; i++) {
                story.refused("w2", "a", "unavailable", 1_100 + i, 1_101 + i);
                story.refused("w3", "a", "unavailable", 1_100 + i, 1_101 + i);
            }
            story.grant("w1", 1, 1_000, 1_010);
            story.phase("end", 2_000);
        });
    }

    @Test
    void acceptsAWorkerThatWasStartedAgainAndServed() {
        k6.accepts(story -> {
            story.started("w1", 0).killed("w1", 900).started("w1", 950);
            story.phase("final", 1_000);
            story.grant("w1", 1, 1_000, 1_010);
        });
    }

    @Test
    void rejectsAWorkerForWhichTheLockStaysUnavailable() {
        k6.rejects(
                story -> {
                    story.started("w1", 0).started("w2", 0);
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_010).released(1_015, 1_020);
                    story.refused("w2", "a", "unavailable", 1_030, 1_040);
                    story.unknown("w2", "a", 1_100, 1_110);
                    story.phase("end", 2_000);
                },
                3,
                8);
    }

    @Test
    void rejectsAWorkerWhoseAcquireNeverReturns() {
        k6.rejects(
                story -> {
                    story.started("w1", 0).started("w2", 0);
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_010).released(1_015, 1_020);
                    story.pending("w2", "a", 1_030);
                    story.phase("end", 1_231);
                },
                3,
                8);
    }

    @Test
    void cannotTellOfAWorkerThatWasOnlyContendedOrAskedOnce() {
        k6.cannotTell(
                story -> {
                    story.started("w1", 0).started("w2", 0);
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_010);
                    story.refused("w2", "a", "contended", 1_000, 1_150);
                    story.refused("w2", "a", "contended", 1_150, 1_300);
                    story.phase("end", 2_000);
                },
                "too little to tell");
        k6.cannotTell(
                story -> {
                    story.started("w1", 0).started("w2", 0);
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_010);
                    story.refused("w2", "a", "unavailable", 1_000, 1_010);
                    story.phase("end", 2_000);
                },
                "w2 was granted nothing any more: it asked 1 times");
    }

    @Test
    void cannotTellOfAWorkerIfTheRunEndsBeforeTheBound() {
        k6.cannotTell(
                story -> {
                    story.started("w1", 0).started("w2", 0);
                    story.phase("final", 1_000);
                    story.grant("w1", 1, 1_000, 1_010);
                    story.refused("w2", "a", "unavailable", 1_000, 1_010);
                    story.refused("w2", "a", "unavailable", 1_010, 1_020);
                    story.phase("end", 1_200);
                },
                "too little to tell");
    }
}

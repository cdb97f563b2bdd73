package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.AcquireRound.RaiseOrder;
import io.fencepost.lock.redlock.AcquireRound.Step;
import io.fencepost.lock.redlock.AcquireRound.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcquireRoundTest {
    private static final Step WAIT = new Step.Wait();

    @Test
    void aQuorumOfEqualFencesIsEnough() {
        AcquireRound round = new AcquireRound(5);
        assertThat(round.granted(0, 7)).isEqualTo(WAIT);
        assertThat(round.denied(1, 100)).isEqualTo(WAIT);
        assertThat(round.granted(4, 7)).isEqualTo(WAIT);
        assertThat(round.granted(2, 7)).isEqualTo(new Step.Held(7));
        assertThat(round.granted(3, 9)).as("after the end").isEqualTo(WAIT);
    }

    @Test
    void oneNodeIsAQuorumOfOne() {
        assertThat(new AcquireRound(1).granted(0, 3)).isEqualTo(new Step.Held(3));
    }

    @Test
    void unequalFencesAreRaisedToTheGreatest() {
        AcquireRound round = new AcquireRound(3);
        round.granted(0, 4);
        assertThat(round.granted(2, 6)).isEqualTo(new Step.Raise(List.of(new RaiseOrder(0, 4, 6))));
        assertThat(round.raised(0, true)).isEqualTo(new Step.Held(6));
    }

    @Test
    void aLateGrantJoinsOnlyUpToTheToken() {
        AcquireRound above = raising();
        assertThat(above.granted(2, 7)).isEqualTo(WAIT);
        assertThat(above.raised(0, false)).isEqualTo(new Step.GiveUp(Verdict.INDETERMINATE));

        AcquireRound equal = raising();
        assertThat(equal.granted(2, 6)).isEqualTo(new Step.Held(6));

        AcquireRound below = raising();
        assertThat(below.granted(2, 5)).isEqualTo(new Step.Raise(List.of(new RaiseOrder(2, 5, 6))));
        assertThat(below.raised(2, true)).isEqualTo(new Step.Held(6));
    }

    private static AcquireRound raising() {
        AcquireRound round = new AcquireRound(3);
        round.granted(0, 4);
        round.granted(1, 6);
        return round;
    }

    @Test
    void aQuorumOfDenialsIsContention() {
        AcquireRound round = new AcquireRound(5);
        round.denied(0, 300);
        round.denied(1, 100);
        assertThat(round.denied(2, 200)).isEqualTo(new Step.GiveUp(Verdict.CONTENDED));
        assertThat(round.millisToQuorum()).hasValue(300);
    }

    @Test
    void contentionIsSeenWithANodeDown() {
        AcquireRound round = new AcquireRound(5);
        round.failed(4, false);
        round.denied(0, 100);
        assertThat(round.denied(1, 100)).isEqualTo(new Step.GiveUp(Verdict.CONTENDED));
    }

    @Test
    void aSplitVoteIsContention() {
        AcquireRound round = new AcquireRound(3);
        round.granted(0, 1);
        round.denied(1, 50);
        assertThat(round.denied(2, 80)).isEqualTo(new Step.GiveUp(Verdict.CONTENDED));
        assertThat(round.millisToQuorum()).as("one more node is needed").hasValue(50);
    }

    @Test
    void tooFewNodesInReachIsUnavailableForCertain() {
        AcquireRound round = new AcquireRound(3);
        round.granted(0, 1);
        round.failed(1, false);
        assertThat(round.failed(2, false)).isEqualTo(new Step.GiveUp(Verdict.UNAVAILABLE));
    }

    @Test
    void lostAnswersLeaveItOpen() {
        AcquireRound round = new AcquireRound(3);
        round.granted(0, 1);
        round.failed(1, true);
        assertThat(round.timedOut()).isEqualTo(new Step.GiveUp(Verdict.INDETERMINATE));
    }

    @Test
    void aMinorityOfLostAnswersIsCertain() {
        AcquireRound round = new AcquireRound(3);
        round.failed(0, false);
        round.failed(1, false);
        assertThat(round.timedOut()).as("over before the deadline").isEqualTo(WAIT);
    }
}

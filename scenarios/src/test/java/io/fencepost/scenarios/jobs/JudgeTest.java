package io.fencepost.scenarios.jobs;

import static io.fencepost.scheduler.job.JobEvent.Kind.BEGAN;
import static io.fencepost.scheduler.job.JobEvent.Kind.FAILED;
import static io.fencepost.scheduler.job.JobEvent.Kind.GIVEN_BACK;
import static io.fencepost.scheduler.job.JobEvent.Kind.SUCCEEDED;
import static io.fencepost.scheduler.job.JobEvent.Kind.TOOK_OVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.JobEvent;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static Verdict judge(List<JobEvent> history) {
        Judge judge = new Judge();
        judge.add(Histories.JOB, history);
        return judge.verdict();
    }

    private static Verdict judge(Histories history) {
        return judge(history.events());
    }

    @Test
    void oneCompletionHolds() {
        Verdict verdict = judge(Histories.submitted().then(BEGAN, 3, 1).then(SUCCEEDED, 3, 2));

        assertThat(verdict).isEqualTo(new Verdict(1, 1, 0, 0, 0, 0, 0, List.of()));
        assertThat(verdict.holds()).isTrue();
    }

    @Test
    void nothingToJudgeHolds() {
        assertThat(new Judge().verdict().holds()).isTrue();
    }

    @Test
    void aJobThatTheStoreDoesNotKnowIsLost() {
        Verdict verdict = judge(List.of());

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.findings()).singleElement().asString().contains("job was acknowledged and never completed");
    }

    @Test
    void aJobThatWasBegunAndNotCompletedIsLost() {
        Verdict verdict = judge(Histories.submitted().then(BEGAN, 3, 1));

        assertThat(verdict.lost()).isEqualTo(1);
        assertThat(verdict.holds()).isFalse();
    }

    @Test
    void twoCompletionsAreAViolation() {
        Verdict verdict = judge(Histories.submitted()
                .then(BEGAN, 3, 1)
                .then(TOOK_OVER, 4, 2)
                .then(SUCCEEDED, 4, 3)
                .then(SUCCEEDED, 4, 4));

        assertThat(verdict.completedTwice()).isEqualTo(1);
        assertThat(verdict.completed()).isZero();
        assertThat(verdict.holds()).isFalse();
    }

    @Test
    void aTakeoverIsAnExposureAndNoViolation() {
        Verdict verdict = judge(
                Histories.submitted().then(BEGAN, 3, 1).then(TOOK_OVER, 4, 2).then(SUCCEEDED, 4, 3));

        assertThat(verdict.begunTwice()).isEqualTo(1);
        assertThat(verdict.holds()).isTrue();
    }

    @Test
    void triesAfterAFailureOrGivenBackAreExposuresToo() {
        Verdict verdict = judge(Histories.submitted()
                .then(BEGAN, 3, 1)
                .then(FAILED, 3, 2)
                .then(BEGAN, 4, 3)
                .then(GIVEN_BACK, 4, 4)
                .then(BEGAN, 5, 5)
                .then(SUCCEEDED, 5, 6));

        assertThat(verdict.begunTwice()).isEqualTo(2);
        assertThat(verdict.holds()).isTrue();
    }

    @Test
    void aCompletionWithTheTokenOfTheFormerHolderIsStale() {
        Verdict verdict = judge(
                Histories.submitted().then(BEGAN, 3, 1).then(TOOK_OVER, 4, 2).then(SUCCEEDED, 3, 3));

        assertThat(verdict.staleAccepted()).isEqualTo(1);
        assertThat(verdict.holds()).isFalse();
        assertThat(verdict.findings()).singleElement().asString().contains("1 accepted writes with a stale token");
    }

    @Test
    void aBeginWithAnOlderTokenIsStale() {
        assertThat(judge(Histories.submitted()
                                .then(BEGAN, 4, 1)
                                .then(TOOK_OVER, 3, 2)
                                .then(SUCCEEDED, 4, 3))
                        .staleAccepted())
                .isEqualTo(1);
    }

    @Test
    void anEndWithAnotherTokenThanItsTryIsStale() {
        assertThat(judge(Histories.submitted().then(BEGAN, 3, 1).then(SUCCEEDED, 5, 2))
                        .staleAccepted())
                .isEqualTo(1);
    }

    @Test
    void whatContradictsItselfIsBroken() {
        assertThat(judge(Histories.submitted()
                                .then(BEGAN, 3, 1)
                                .then(SUCCEEDED, 3, 2)
                                .then(BEGAN, 4, 3))
                        .findings())
                .singleElement()
                .asString()
                .contains("begun after its completion");
        assertThat(judge(Histories.submitted().then(SUCCEEDED, 3, 2)).broken()).isEqualTo(1);
        assertThat(judge(Histories.submitted()
                                .then(BEGAN, 3, 1)
                                .then(BEGAN, 4, 2)
                                .then(SUCCEEDED, 4, 3))
                        .broken())
                .isEqualTo(1);
        List<JobEvent> gap = new ArrayList<>(
                Histories.submitted().then(BEGAN, 3, 1).then(SUCCEEDED, 3, 2).events());
        gap.remove(0);
        assertThat(judge(gap).broken()).isEqualTo(1);
    }

    @Test
    void allJobsCount() {
        Judge judge = new Judge();
        judge.add(
                Histories.JOB,
                Histories.submitted().then(BEGAN, 3, 1).then(SUCCEEDED, 3, 2).events());
        judge.add(Histories.JOB, List.of());

        assertThat(judge.verdict().acknowledged()).isEqualTo(2);
        assertThat(judge.verdict().completed()).isEqualTo(1);
        assertThat(judge.verdict().holds()).isFalse();
    }
}

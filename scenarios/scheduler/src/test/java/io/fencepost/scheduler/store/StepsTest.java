package io.fencepost.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Steps.Answer;
import io.fencepost.scheduler.store.Steps.Step;
import io.fencepost.scheduler.store.Steps.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is answered to those who ask again, when others have gone on meanwhile. */
class StepsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final FencingToken FIRST = new FencingToken(7);
    private static final FencingToken SECOND = new FencingToken(9);
    private static final Ending RECURS = new Ending.Succeeded(Optional.of(NOW), "done");
    private static final Ending DIES = new Ending.Died(Optional.empty(), "dead");

    private final List<JobEvent> newestFirst = new ArrayList<>();
    private Job job = Job.submitted(
            JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[0], new Schedule.At(NOW)), NOW, NOW);

    private void done(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Step.class);
        Step step = (Step) verdict;
        job = step.job();
        newestFirst.add(0, step.event());
    }

    private Verdict begin(FencingToken token) {
        return Steps.begin(job, token, "w" + token.value(), NOW);
    }

    private Verdict end(FencingToken token, Ending ending) {
        return Steps.end(job, token, "w" + token.value(), ending, NOW, () -> newestFirst);
    }

    private Verdict cancel(String reason) {
        return Steps.cancel(job, reason, NOW, () -> newestFirst);
    }

    private Verdict retry(Instant now) {
        return Steps.retry(job, now, () -> newestFirst);
    }

    private Verdict accepted() {
        return new Answer(new Change.Accepted(job));
    }

    @Test
    void anEndThatWasAcceptedIsAcceptedAgainAfterTheNextTryBegan() {
        done(begin(FIRST));
        done(end(FIRST, RECURS));
        assertThat(end(FIRST, RECURS)).isEqualTo(accepted());
        done(begin(SECOND));
        assertThat(end(FIRST, RECURS)).isEqualTo(accepted());
        done(end(SECOND, DIES));
        assertThat(end(FIRST, RECURS)).isEqualTo(accepted());
        assertThat(end(FIRST, DIES)).as("which this token never said").isEqualTo(new Answer(new Change.Stale(SECOND)));
    }

    @Test
    void anEndThatWasAcceptedIsAcceptedAgainAfterTheSameLeaseWentOn() {
        Ending back = new Ending.GivenBack("later");
        done(begin(FIRST));
        done(end(FIRST, back));
        done(begin(FIRST));
        done(end(FIRST, RECURS));
        assertThat(end(FIRST, back)).isEqualTo(accepted());
    }

    @Test
    void anEndThatWasTakenOverIsStale() {
        done(begin(FIRST));
        done(begin(SECOND));
        assertThat(end(FIRST, RECURS)).isEqualTo(new Answer(new Change.Stale(SECOND)));
        done(end(SECOND, RECURS));
        assertThat(end(FIRST, RECURS))
                .as("the same ending by another token")
                .isEqualTo(new Answer(new Change.Stale(SECOND)));
    }

    @Test
    void aCancellationThatWasAcceptedDoesNotCancelTheRunThatWasAskedForSince() {
        done(cancel("enough"));
        done(retry(NOW));
        assertThat(cancel("enough")).isEqualTo(accepted());
        assertThat(job.state()).isEqualTo(JobState.SCHEDULED);
        done(cancel("of another"));
        assertThat(cancel("enough")).isEqualTo(accepted());
        assertThat(cancel("of a third")).isEqualTo(new Answer(new Change.NotPossible(job)));
    }

    @Test
    void aRetryThatWasAcceptedIsNotMadeTwiceWhenItsRunIsOver() {
        done(cancel(""));
        done(retry(NOW));
        assertThat(retry(NOW)).isEqualTo(accepted());
        done(begin(FIRST));
        done(end(FIRST, DIES));
        assertThat(retry(NOW)).isEqualTo(accepted());
        assertThat(job.run()).isEqualTo(2);
        done(retry(NOW.plusSeconds(1)));
        assertThat(job.run()).isEqualTo(3);
    }

    @Test
    void aBeginningIsAcceptedAgainOnlyWhileItsTryGoesOn() {
        done(begin(FIRST));
        assertThat(begin(FIRST)).isEqualTo(accepted());
        done(begin(SECOND));
        assertThat(begin(FIRST)).isEqualTo(new Answer(new Change.Stale(SECOND)));
        done(cancel(""));
        assertThat(begin(SECOND)).isEqualTo(new Answer(new Change.NotPossible(job)));
    }
}

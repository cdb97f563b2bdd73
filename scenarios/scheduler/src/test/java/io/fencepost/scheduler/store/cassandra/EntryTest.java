package io.fencepost.scheduler.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.Steps;
import io.fencepost.scheduler.store.cassandra.Entry.Fate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where hints are written, and what they turn out to be. */
class EntryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:30:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(20));

    private static Job scheduled() {
        return Job.submitted(
                JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[0], new Schedule.At(NOW)), NOW, NOW);
    }

    private static Job running() {
        return ((Steps.Step) Steps.begin(scheduled(), new FencingToken(1), "w", NOW)).job();
    }

    private static Entry entry(Job job) {
        return Entry.of(job, Entry.ready(job, NOW));
    }

    private static Optional<JobState> is(JobState state) {
        return Optional.of(state);
    }

    /** Of a caller that stood still between its look at the clock and the call, or tried for long. */
    @Test
    void nothingIsEnteredBeforeTheInstantOfWriting() {
        assertThat(Entry.ready(scheduled(), LATER)).isEqualTo(Micros.of(LATER));
        assertThat(Entry.ready(running(), LATER)).isEqualTo(Micros.of(LATER) + Entry.WATCH_MICROS);
        Ending failed = new Ending.Failed(NOW.plusSeconds(1), "");
        Job again = ((Steps.Step) Steps.end(running(), new FencingToken(1), "w", failed, NOW, List::of)).job();
        assertThat(Entry.ready(again, LATER)).isEqualTo(Micros.of(LATER));
        assertThat(Entry.ready(again, NOW)).as("when it is due").isEqualTo(Micros.of(NOW.plusSeconds(1)));
    }

    @Test
    void aHintIsTrueAsLongAsItsChangeIsTheLast() {
        assertThat(entry(scheduled()).fate(1, is(JobState.SCHEDULED), LATER)).isEqualTo(Fate.TRUE);
        assertThat(entry(scheduled()).fate(1, Optional.empty(), LATER)).isEqualTo(Fate.TRUE);
        assertThat(entry(running()).fate(2, is(JobState.RUNNING), LATER)).isEqualTo(Fate.TRUE);
        assertThat(entry(running()).fate(3, is(JobState.RUNNING), NOW)).isEqualTo(Fate.OBSOLETE);
        assertThat(entry(scheduled()).fate(2, Optional.empty(), NOW)).isEqualTo(Fate.OBSOLETE);
    }

    /** It has the winner's number, and once hid the job from polls for good. */
    @ParameterizedTest
    @EnumSource
    void aHintOfAChangeThatLostIsObsolete(JobState winner) {
        assertThat(entry(running()).fate(2, is(winner), NOW) == Fate.TRUE).isEqualTo(winner == JobState.RUNNING);
        assertThat(entry(scheduled()).fate(1, is(winner), NOW) == Fate.TRUE).isEqualTo(winner == JobState.SCHEDULED);
    }

    /** A change that is just being made once hid its job for a minute. */
    @Test
    void aHintIsAheadWhileItsChangeMayBeUnderWayAndObsoleteWhenItCannotBe() {
        Entry hint = entry(scheduled());
        assertThat(hint.fate(0, Optional.empty(), NOW.plusSeconds(100))).isEqualTo(Fate.AHEAD);
        assertThat(hint.fate(0, Optional.empty(), NOW.plusSeconds(121))).isEqualTo(Fate.OBSOLETE);
    }

    /** Pollers put it off every ten seconds, so that it once stayed for ever. */
    @Test
    void aHintOfATryThatNeverBeganGetsOldHoweverOftenItIsPutOff() {
        Entry hint = entry(running());
        for (int second = 20; second <= 100; second += 10) {
            Instant wall = NOW.plusSeconds(second);
            hint = hint.later(Micros.of(wall));
            assertThat(hint.fate(1, is(JobState.SCHEDULED), wall)).isEqualTo(Fate.AHEAD);
        }
        Instant wall = NOW.plusSeconds(130);
        assertThat(hint.later(Micros.of(wall)).fate(1, is(JobState.SCHEDULED), wall))
                .isEqualTo(Fate.OBSOLETE);
    }
}

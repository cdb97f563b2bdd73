package io.fencepost.scheduler.store;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the changes of {@link JobStore} make of a job, as pure functions: the rules in one place, whatever the store. A store reads the job, asks here, and writes the step if the job is still the one that it
 * read; {@link Job#events} tells, since every change adds one.
 *
 * <p>A change that was made before, by a call whose answer was lost, is answered as that call would have been, whatever became of the job since. That is seen from the history, and it is asked wherever the
 * answer would otherwise be a refusal, or the change be made twice. A beginning is the exception: it is accepted again only while the try goes on, since who was told so later would do work that others do.
 */
public final class Steps {
    private Steps() {}

    /** What is to be done about a change. */
    public sealed interface Verdict {}

    /**
     * To be written: both or nothing.
     *
     * @param job as it is then
     * @param event its newest entry
     */
    public record Step(Job job, JobEvent event) implements Verdict {}

    /** Nothing is to be written. */
    public record Answer(Change change) implements Verdict {}

    /** The first entry of the history of a job as of {@link Job#submitted}. */
    public static JobEvent submitted(Job job) {
        return new JobEvent(
                job.id(),
                1,
                job.submitted(),
                JobEvent.Kind.SUBMITTED,
                job.state(),
                job.run(),
                job.attempt(),
                Optional.empty(),
                Optional.empty(),
                "");
    }

    /** See {@link JobStore#begin}. */
    public static Verdict begin(Job job, FencingToken token, String worker, Instant now) {
        if (isStale(job, token)) {
            return stale(job);
        }
        boolean taken = job.state() == JobState.RUNNING;
        if (taken && job.fence().filter(token::equals).isPresent()) {
            return job.worker().filter(worker::equals).isPresent() ? accepted(job) : notPossible(job);
        }
        if (!taken && (job.state() != JobState.SCHEDULED || job.next().isAfter(now))) {
            return notPossible(job);
        }
        Job begun = new Job(
                job.spec(),
                JobState.RUNNING,
                job.due(),
                job.next(),
                job.run(),
                job.attempt() + 1,
                Optional.of(token),
                Optional.of(worker),
                Optional.of(now),
                job.error(),
                job.submitted(),
                now,
                job.events() + 1);
        JobEvent.Kind kind = taken ? JobEvent.Kind.TOOK_OVER : JobEvent.Kind.BEGAN;
        return step(begun, kind, begun.attempt(), Optional.of(token), Optional.of(worker), "");
    }

    /**
     * See {@link JobStore#end}.
     *
     * @param newestFirst the job's history, or as much of it as may be of interest
     */
    public static Verdict end(
            Job job,
            FencingToken token,
            String worker,
            Ending ending,
            Instant now,
            Supplier<List<JobEvent>> newestFirst) {
        if (job.state() != JobState.RUNNING || job.fence().filter(token::equals).isEmpty()) {
            Optional<FencingToken> by = Optional.of(token);
            if (wasAsked(ending.kind(), by, ending.detail(), now, newestFirst)) {
                return accepted(job);
            }
            return isStale(job, token) ? stale(job) : notPossible(job);
        }
        Job ended = ended(job, ending, now);
        return new Step(
                ended,
                new JobEvent(
                        job.id(),
                        ended.events(),
                        now,
                        ending.kind(),
                        ended.state(),
                        job.run(),
                        job.attempt(),
                        Optional.of(token),
                        Optional.of(worker),
                        ending.detail()));
    }

    /** See {@link JobStore#cancel}. */
    public static Verdict cancel(Job job, String reason, Instant now, Supplier<List<JobEvent>> newestFirst) {
        // a user may have asked for another run since
        if (wasAsked(JobEvent.Kind.CANCELLED, Optional.empty(), reason, now, newestFirst)) {
            return accepted(job);
        }
        if (job.state().isFinal()) {
            return notPossible(job);
        }
        Job cancelled = new Job(
                job.spec(),
                JobState.CANCELLED,
                job.due(),
                job.next(),
                job.run(),
                job.attempt(),
                job.fence(),
                job.worker(),
                job.began(),
                job.error(),
                job.submitted(),
                now,
                job.events() + 1);
        return step(
                cancelled, JobEvent.Kind.CANCELLED, cancelled.attempt(), Optional.empty(), Optional.empty(), reason);
    }

    /** See {@link JobStore#retry}. */
    public static Verdict retry(Job job, Instant now, Supplier<List<JobEvent>> newestFirst) {
        // that run may be over since
        if (wasAsked(JobEvent.Kind.RETRIED, Optional.empty(), "", now, newestFirst)) {
            return accepted(job);
        }
        if (job.state() != JobState.DEAD && job.state() != JobState.CANCELLED) {
            return notPossible(job);
        }
        Job again = scheduled(job, now, now, job.run() + 1, 0, job.error(), now);
        return step(again, JobEvent.Kind.RETRIED, 0, Optional.empty(), Optional.empty(), "");
    }

    private static Job ended(Job job, Ending ending, Instant now) {
        if (ending instanceof Ending.Failed failed) {
            Instant next = Micros.kept(failed.next());
            return scheduled(job, job.due(), next, job.run(), job.attempt(), Optional.of(failed.detail()), now);
        }
        if (ending instanceof Ending.GivenBack) {
            return scheduled(job, job.due(), job.next(), job.run(), job.attempt() - 1, job.error(), now);
        }
        if (ending instanceof Ending.Died died) {
            return closed(job, JobState.DEAD, died.again(), Optional.of(died.detail()), now);
        }
        Optional<Instant> again =
                ending instanceof Ending.Succeeded succeeded ? succeeded.again() : ((Ending.Skipped) ending).again();
        return closed(job, JobState.SUCCEEDED, again, Optional.empty(), now);
    }

    /** The run is over: on to the next, or for good. */
    private static Job closed(Job job, JobState last, Optional<Instant> again, Optional<String> error, Instant now) {
        if (again.isPresent()) {
            Instant due = Micros.kept(again.get());
            return scheduled(job, due, due, job.run() + 1, 0, error, now);
        }
        return new Job(
                job.spec(),
                last,
                job.due(),
                job.next(),
                job.run(),
                job.attempt(),
                job.fence(),
                job.worker(),
                job.began(),
                error,
                job.submitted(),
                now,
                job.events() + 1);
    }

    private static Job scheduled(
            Job job, Instant due, Instant next, long run, int attempt, Optional<String> error, Instant now) {
        return new Job(
                job.spec(),
                JobState.SCHEDULED,
                due,
                next,
                run,
                attempt,
                job.fence(),
                job.worker(),
                job.began(),
                error,
                job.submitted(),
                now,
                job.events() + 1);
    }

    private static Step step(
            Job after,
            JobEvent.Kind kind,
            int attempt,
            Optional<FencingToken> token,
            Optional<String> worker,
            String detail) {
        return new Step(
                after,
                new JobEvent(
                        after.id(),
                        after.events(),
                        after.changed(),
                        kind,
                        after.state(),
                        after.run(),
                        attempt,
                        token,
                        worker,
                        detail));
    }

    private static boolean wasAsked(
            JobEvent.Kind kind,
            Optional<FencingToken> token,
            String detail,
            Instant now,
            Supplier<List<JobEvent>> newestFirst) {
        return newestFirst.get().stream()
                .anyMatch(event -> event.kind() == kind
                        && event.token().equals(token)
                        && event.at().equals(now)
                        && event.detail().equals(detail));
    }

    private static boolean isStale(Job job, FencingToken token) {
        return job.fence().filter(token::isStaleAfter).isPresent();
    }

    private static Answer stale(Job job) {
        return new Answer(new Change.Stale(job.fence().orElseThrow()));
    }

    private static Answer accepted(Job job) {
        return new Answer(new Change.Accepted(job));
    }

    private static Answer notPossible(Job job) {
        return new Answer(new Change.NotPossible(job));
    }
}

package io.fencepost.scheduler.worker;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what an observer is told. */
final class Seen implements WorkerObserver {
    final AtomicInteger polls = new AtomicInteger();
    final List<String> contended = new CopyOnWriteArrayList<>();
    final List<Job> began = new CopyOnWriteArrayList<>();
    final List<Duration> lags = new CopyOnWriteArrayList<>();
    final List<JobEvent.Kind> ended = new CopyOnWriteArrayList<>();
    final List<String> aborted = new CopyOnWriteArrayList<>();
    final List<Change> refused = new CopyOnWriteArrayList<>();
    final List<FencingToken> refusedTokens = new CopyOnWriteArrayList<>();
    final List<String> unrecorded = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<Optional<FencingToken>> terms = new CopyOnWriteArrayList<>();

    @Override
    public void polled(int candidates, Duration latency) {
        polls.incrementAndGet();
    }

    @Override
    public void contended(DueJob job) {
        contended.add(job.id().value());
    }

    @Override
    public void began(Job job, Duration lag) {
        began.add(job);
        lags.add(lag);
    }

    @Override
    public void ended(Job job, JobEvent.Kind kind, Duration took) {
        ended.add(kind);
    }

    @Override
    public void aborted(Job job, String cause) {
        aborted.add(cause);
    }

    @Override
    public void refused(Job job, FencingToken token, Change change) {
        refused.add(change);
        refusedTokens.add(token);
    }

    @Override
    public void unrecorded(Job job, String cause) {
        unrecorded.add(cause);
    }

    @Override
    public void leading(boolean leads, Optional<FencingToken> term) {
        terms.add(term);
    }

    @Override
    public void failed(Throwable fault) {
        failures.add(fault);
    }
}

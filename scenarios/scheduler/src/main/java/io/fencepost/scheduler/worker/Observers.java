package io.fencepost.scheduler.worker;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several observers, whose exceptions harm neither each other nor the worker. */
record Observers(List<WorkerObserver> all) implements WorkerObserver {
    private static final Logger log = LoggerFactory.getLogger(Observers.class);

    private void each(Consumer<WorkerObserver> call) {
        for (WorkerObserver observer : all) {
            try {
                call.accept(observer);
            } catch (RuntimeException | Error e) {
                log.warn("an observer of the worker failed", e);
            }
        }
    }

    @Override
    public void polled(int candidates, Duration latency) {
        each(observer -> observer.polled(candidates, latency));
    }

    @Override
    public void contended(DueJob job) {
        each(observer -> observer.contended(job));
    }

    @Override
    public void acquired(DueJob job, FencingToken token, Duration latency) {
        each(observer -> observer.acquired(job, token, latency));
    }

    @Override
    public void began(Job job, Duration lag) {
        each(observer -> observer.began(job, lag));
    }

    @Override
    public void ended(Job job, JobEvent.Kind kind, Duration took) {
        each(observer -> observer.ended(job, kind, took));
    }

    @Override
    public void aborted(Job job, String cause) {
        each(observer -> observer.aborted(job, cause));
    }

    @Override
    public void refused(Job job, FencingToken token, Change change) {
        each(observer -> observer.refused(job, token, change));
    }

    @Override
    public void unrecorded(Job job, String cause) {
        each(observer -> observer.unrecorded(job, cause));
    }

    @Override
    public void leading(boolean leads, Optional<FencingToken> term) {
        each(observer -> observer.leading(leads, term));
    }

    @Override
    public void failed(Throwable fault) {
        each(observer -> observer.failed(fault));
    }
}

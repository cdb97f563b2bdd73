package io.fencepost.scheduler.cli;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.worker.WorkerObserver;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each thing that a worker does with a job: the verb, the job, the token. */
final class EventLog implements WorkerObserver {
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final Consumer<String> line;

    /** Into the log of the process. */
    EventLog() {
        this(LOG::info);
    }

    EventLog(Consumer<String> line) {
        this.line = line;
    }

    @Override
    public void contended(DueJob job) {
        LOG.debug("contended {}: somebody else holds its lock", job.id());
    }

    @Override
    public void began(Job job, Duration lag) {
        say(
                "began",
                job,
                "run " + job.run() + " attempt " + job.attempt() + token(job) + ", " + lag.toMillis()
                        + " ms after it could have been");
    }

    @Override
    public void ended(Job job, JobEvent.Kind kind, Duration took) {
        say(
                "ended",
                job,
                kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " after " + took.toMillis() + " ms"
                        + token(job) + (job.state() == JobState.SCHEDULED ? ", next at " + job.next() : "")
                        + (kind == JobEvent.Kind.SUCCEEDED
                                ? ""
                                : job.error().map(error -> ": " + error).orElse("")));
    }

    @Override
    public void aborted(Job job, String cause) {
        say("aborted", job, cause);
    }

    @Override
    public void refused(Job job, FencingToken token, Change change) {
        String answer;
        if (change instanceof Change.Stale stale) {
            answer = "stale, the store has accepted token " + stale.accepted();
        } else if (change instanceof Change.NotPossible other) {
            answer = "not possible, the job is " + other.job().state().name().toLowerCase(Locale.ROOT);
        } else {
            answer = change.toString();
        }
        say("refused", job, "a write with token " + token + " is " + answer);
    }

    @Override
    public void unrecorded(Job job, String cause) {
        say("unrecorded", job, cause);
    }

    @Override
    public void leading(boolean leads, Optional<FencingToken> term) {
        line.accept(
                leads ? "leading since term " + term.map(FencingToken::toString).orElse("?") : "not leading");
    }

    @Override
    public void failed(Throwable fault) {
        line.accept("failed: " + fault);
    }

    private void say(String verb, Job job, String what) {
        line.accept(verb + " " + job.id() + " " + what);
    }

    private static String token(Job job) {
        return job.fence().map(token -> " token " + token).orElse("");
    }
}

package io.fencepost.scenarios.jobs;

import io.fencepost.scenarios.stats.Latencies;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** What the histories of some jobs come to: verdict, rate, latencies, gaps. Instants are of the wall clock of this machine, which all workers share. Not thread-safe. */
final class Books {
    private static final int READERS = 8;
    private static final double NANOS = 1e9;

    private final Judge judge = new Judge();
    private final Latencies latencies = new Latencies();
    private final List<Instant> begins = new ArrayList<>();
    private Instant lastEnd = Instant.MIN;

    /**
     * Reads the histories of all jobs.
     *
     * @param dues when each was due
     */
    static Books read(JobStore store, Map<JobId, Instant> dues) throws InterruptedException {
        Books books = new Books();
        ExecutorService readers = Executors.newFixedThreadPool(READERS);
        try {
            List<Future<List<JobEvent>>> histories = new ArrayList<>();
            List<JobId> ids = List.copyOf(dues.keySet());
            ids.forEach(id -> histories.add(readers.submit(() -> store.history(id))));
            for (int i = 0; i < ids.size(); i++) {
                Instant due = dues.getOrDefault(ids.get(i), Instant.EPOCH);
                books.add(ids.get(i), due, histories.get(i).get());
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the histories could not be read: " + e.getCause(), e);
        } finally {
            readers.shutdownNow();
        }
        Collections.sort(books.begins);
        return books;
    }

    void add(JobId id, Instant due, List<JobEvent> history) {
        judge.add(id, history);
        boolean first = true;
        for (JobEvent event : history) {
            if (Judge.isBegin(event)) {
                begins.add(event.at());
                if (first) {
                    latencies.record(Duration.between(due, event.at()).toNanos());
                    first = false;
                }
            } else if (event.kind() == JobEvent.Kind.SUCCEEDED && event.at().isAfter(lastEnd)) {
                lastEnd = event.at();
            }
        }
    }

    Verdict verdict() {
        return judge.verdict();
    }

    /** From the first begin to the last completion; zero if there was none. */
    Duration took() {
        return begins.isEmpty() || lastEnd.equals(Instant.MIN)
                ? Duration.ZERO
                : Duration.between(Collections.min(begins), lastEnd);
    }

    /** Completions a second over {@link #took}; zero if there was none. */
    double jobsPerSecond() {
        long nanos = took().toNanos();
        return nanos <= 0 ? 0 : judge.verdict().completed() * NANOS / nanos;
    }

    /** From when a job was due to its first begin, in ms; zero if none was begun. */
    double latencyMillis(double percent) {
        return latencies.count() == 0 ? 0 : latencies.percentile(percent, TimeUnit.MICROSECONDS) / 1_000;
    }

    /** The longest time between two begins, one after the other, of which the later one lies in this span. */
    Duration longestGap(Instant from, Instant to) {
        Duration longest = Duration.ZERO;
        for (int i = 1; i < begins.size(); i++) {
            Instant later = begins.get(i);
            if (!later.isBefore(from) && !later.isAfter(to)) {
                Duration gap = Duration.between(begins.get(i - 1), later);
                longest = gap.compareTo(longest) > 0 ? gap : longest;
            }
        }
        return longest;
    }
}

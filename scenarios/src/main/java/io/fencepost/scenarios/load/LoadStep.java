package io.fencepost.scenarios.load;

import io.fencepost.scenarios.worker.Command;
import io.fencepost.scenarios.worker.Event;
import io.fencepost.scenarios.worker.LoadTag;
import io.fencepost.scenarios.worker.WorkerException;
import io.fencepost.scenarios.worker.WorkerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/** One plan, carried out by all workers together. */
final class LoadStep {
    private static final AtomicLong TASKS = new AtomicLong();
    private static final Duration LEAD = Duration.ofMillis(300);
    /** How long after the end of a plan, and of what may wait then, an operation of the backend may still take. */
    private static final Duration END_LIMIT = Duration.ofSeconds(45);

    private static final List<LoadTag> FAILED =
            List.of(LoadTag.CONTENDED, LoadTag.UNAVAILABLE, LoadTag.UNKNOWN, LoadTag.UNSTARTED);

    private LoadStep() {}

    /**
     * Carries it out. Blocks; every wait has a limit.
     *
     * @param logs where the interval logs go, one a worker; the folder is made
     * @param name of the logs, without the worker
     */
    static StepResult run(
            List<WorkerProcess> workers,
            LoadOptions options,
            Subject subject,
            Contention level,
            double rate,
            Duration length,
            Path logs,
            String name)
            throws WorkerException, IOException, InterruptedException {
        Files.createDirectories(logs);
        long start = System.nanoTime() + LEAD.toNanos();
        long task = TASKS.incrementAndGet();
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < workers.size(); i++) {
            WorkerProcess worker = workers.get(i);
            Path file = logs.resolve(name + "-" + worker.name() + ".hlog").toAbsolutePath();
            files.add(file);
            worker.send(new Command.Load(
                    task,
                    level.names(),
                    options.threads(),
                    options.ttl().toMillis(),
                    options.patience().toMillis(),
                    options.hold().toNanos() / 1_000,
                    options.arrivals(),
                    rate,
                    length.toNanos(),
                    i,
                    workers.size(),
                    start,
                    options.seed(),
                    file.toString()));
        }
        List<Event.LoadEnded> ends = new ArrayList<>();
        for (WorkerProcess worker : workers) {
            Duration left = Duration.ofNanos(Math.max(0, start + length.toNanos() - System.nanoTime()));
            ends.add(worker.await(
                    Event.LoadEnded.class,
                    task,
                    left.plus(options.patience()).plus(options.hold()).plus(END_LIMIT)));
        }
        return result(subject, level, rate, length, ends, HistogramLogs.read(files));
    }

    /** Merges what the workers say. */
    static StepResult result(
            Subject subject,
            Contention level,
            double rate,
            Duration length,
            List<Event.LoadEnded> ends,
            HistogramLogs histograms) {
        return new StepResult(
                subject.id(),
                level,
                rate,
                sum(ends, Event.LoadEnded::planned),
                sum(ends, Event.LoadEnded::granted),
                sum(ends, Event.LoadEnded::inTime),
                histograms.millis(LoadTag.LATENCY, 50),
                histograms.millis(LoadTag.LATENCY, 90),
                histograms.millis(LoadTag.LATENCY, 95),
                histograms.millis(LoadTag.LATENCY, 99),
                histograms.millis(LoadTag.LATENCY, 99.9),
                histograms.millis(LoadTag.LATENCY, 100),
                histograms.millis(LoadTag.SERVICE, 50),
                histograms.millis(LoadTag.SERVICE, 99),
                histograms.millis(LoadTag.RELEASE, 50),
                histograms.millis(FAILED, 50),
                histograms.millis(FAILED, 100),
                sum(ends, Event.LoadEnded::late),
                sum(ends, Event.LoadEnded::backlog),
                sum(ends, Event.LoadEnded::contended),
                sum(ends, Event.LoadEnded::unavailable),
                sum(ends, Event.LoadEnded::unknown),
                sum(ends, Event.LoadEnded::unstarted),
                "",
                length.toNanos() / 1e9);
    }

    private static long sum(List<Event.LoadEnded> ends, ToLongFunction<Event.LoadEnded> part) {
        return ends.stream().mapToLong(part).sum();
    }
}

package io.fencepost.scenarios.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The run's side of a worker process: a child JVM with one lock client. Every wait has a limit, after which the worker counts as failed. Events go to an
 * {@link EventSink}; those that it does not want wait to be asked for. Thread-safe.
 */
public final class WorkerProcess implements AutoCloseable {
    private static final Duration READY_LIMIT = Duration.ofSeconds(60);
    private static final Duration CLOCK_LIMIT = Duration.ofSeconds(10);
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(15);
    private static final int CLOCK_READINGS = 20;
    private static final int HEAP_MIB = 384;

    private final String name;
    private final Process process;
    private final BufferedWriter commands;
    private final Inbox inbox = new Inbox();
    private final Tail stderr = new Tail();
    private final EventSink sink;
    private final Thread stderrReader;
    private final Thread eventReader;
    private Duration clockWindow = CLOCK_LIMIT;

    private WorkerProcess(String name, Process process, EventSink sink) {
        this.name = name;
        this.process = process;
        this.sink = sink;
        this.commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), UTF_8));
        this.stderrReader = readLines(process.getErrorStream(), "stderr", stderr::add, () -> {});
        this.eventReader = readLines(process.getInputStream(), "events", this::received, inbox::end);
    }

    /** As {@link #start(String, String, EventSink, int)}, with a heap for a few leases. */
    public static WorkerProcess start(String name, String uri, EventSink sink)
            throws WorkerException, InterruptedException {
        return start(name, uri, sink, HEAP_MIB);
    }

    /**
     * Starts a worker with this JVM's class path, and waits until its client is open and its clock is proved to be ours.
     *
     * @param name unique in the run
     * @param uri of the backend
     * @param sink sees every event first
     * @param heapMib the largest heap, in MiB
     * @throws WorkerException if it does not come up within a minute, or its clock cannot be compared with ours
     */
    public static WorkerProcess start(String name, String uri, EventSink sink, int heapMib)
            throws WorkerException, InterruptedException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms64m",
                "-Xmx" + heapMib + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                WorkerMain.class.getName(),
                uri);
        Process process;
        try {
            process = new ProcessBuilder(command).start();
        } catch (IOException e) {
            throw new WorkerException("cannot start worker " + name + ": " + e.getMessage(), e);
        }
        WorkerProcess worker = new WorkerProcess(name, process, sink);
        try {
            worker.await(Event.Ready.class, READY_LIMIT);
            worker.proveClock();
        } catch (WorkerException | InterruptedException | RuntimeException e) {
            worker.kill();
            throw e;
        }
        return worker;
    }

    public String name() {
        return name;
    }

    /** The id of the process. */
    public long pid() {
        return process.pid();
    }

    /** Whether the process still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Within what time the worker's clock was seen to stand where ours did. */
    public Duration clockWindow() {
        return clockWindow;
    }

    private void proveClock() throws WorkerException, InterruptedException {
        for (int i = 0; i < CLOCK_READINGS; i++) {
            long before = System.nanoTime();
            send(new Command.ReadClock());
            long there = await(Event.Clock.class, CLOCK_LIMIT).nanos();
            long after = System.nanoTime();
            if (there < before || there > after) {
                throw new WorkerException(
                        "the clock of worker " + name + " stood at " + there
                                + " ns when ours stood between " + before + " and " + after
                                + " ns: System.nanoTime is not machine-wide here, so that grants of two processes cannot be compared");
            }
            if (after - before < clockWindow.toNanos()) {
                clockWindow = Duration.ofNanos(after - before);
            }
        }
    }

    /** @throws WorkerException if the worker does not read any more */
    public synchronized void send(Command command) throws WorkerException {
        try {
            commands.write(Wire.encode(command));
            commands.write('\n');
            commands.flush();
        } catch (IOException e) {
            throw new WorkerException("worker " + name + " takes no commands any more" + stderr.describe(), e);
        }
    }

    /**
     * The next event of a kind that belongs to no task.
     *
     * @throws WorkerException if it did not come in time
     */
    public <E extends Event> E await(Class<E> kind, Duration limit) throws WorkerException, InterruptedException {
        return kind.cast(take(kind::isInstance, kind.getSimpleName(), limit));
    }

    /**
     * The event of a kind that belongs to {@code task}.
     *
     * @throws WorkerException if it did not come in time, or the task failed
     */
    public <E extends Event.OfTask> E await(Class<E> kind, long task, Duration limit)
            throws WorkerException, InterruptedException {
        Event event = take(
                e -> e instanceof Event.OfTask of
                        && of.task() == task
                        && (kind.isInstance(e) || e instanceof Event.TaskFailed),
                kind.getSimpleName() + " of task " + task,
                limit);
        if (event instanceof Event.TaskFailed failed) {
            throw new WorkerException("worker " + name + " failed: " + failed.message());
        }
        return kind.cast(event);
    }

    private Event take(Predicate<Event> fits, String what, Duration limit)
            throws WorkerException, InterruptedException {
        Optional<Event> event = inbox.take(fits, limit);
        if (event.isPresent()) {
            return event.get();
        }
        // a process whose output has ended is about to end itself
        long grace = inbox.hasEnded() ? EXIT_LIMIT.toMillis() : 0;
        if (!process.waitFor(grace, TimeUnit.MILLISECONDS)) {
            throw new WorkerException("worker " + name + " did not say " + what + " within " + limit.toMillis() + " ms"
                    + stderr.describe());
        }
        // its last words may still be on their way
        stderrReader.join(TimeUnit.SECONDS.toMillis(1));
        throw new WorkerException("worker " + name + " ended with exit code " + process.exitValue()
                + " when it should say " + what + stderr.describe());
    }

    /**
     * Kills the process with SIGKILL, and returns when it is gone.
     *
     * @return the instant before the signal was sent
     */
    public long kill() throws InterruptedException {
        long before = System.nanoTime();
        process.destroyForcibly();
        if (!process.waitFor(EXIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("worker " + name + " survives SIGKILL");
        }
        return before;
    }

    /** Waits until everything is read that the process wrote before it ended; false if that takes longer than seconds. */
    public boolean drain() throws InterruptedException {
        eventReader.join(EXIT_LIMIT.toMillis());
        return !eventReader.isAlive();
    }

    /** What it printed last on stderr. */
    public String lastWords() {
        return stderr.describe();
    }

    /** Sends SIGKILL and does not wait. */
    public void killAtOnce() {
        process.destroyForcibly();
    }

    /** Lets the worker close its client and exit; kills it if it does not within seconds. */
    @Override
    public void close() {
        try {
            commands.close();
        } catch (IOException e) {
            // it is gone already, which is what is wanted
        }
        try {
            if (!process.waitFor(EXIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void received(String line) {
        Event event;
        try {
            event = Wire.event(line);
        } catch (IOException e) {
            // a line cut off by SIGKILL; if the worker lives, whoever waits for the event says what is missing
            stderr.add("not an event: " + line);
            return;
        }
        if (!sink.take(this, event)) {
            inbox.put(event);
        }
    }

    private Thread readLines(InputStream stream, String what, Consumer<String> line, Runnable end) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                        reader.lines().forEach(line);
                    } catch (IOException | java.io.UncheckedIOException e) {
                        // the pipe of a killed process: the same as its end
                    } finally {
                        end.run();
                    }
                },
                "worker-" + name + "-" + what);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}

package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A {@link Worker} in a process of its own. Used by one thread. */
final class WorkerProcess implements AutoCloseable {
    private static final int LOG_LINES_KEPT = 20;
    private static final String ENDED = "ended";

    private final Process process;
    private final Writer commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final Deque<String> log = new ArrayDeque<>();
    private final Duration patience;

    private WorkerProcess(Process process, Duration patience) {
        this.process = process;
        this.patience = patience;
        this.commands = process.outputWriter(UTF_8);
    }

    /** Starts a worker, and returns when its client is open. */
    static WorkerProcess start(WorkerSpec spec, String holder, Duration patience) {
        // tests may be on the module path; a worker needs no modules
        String classPath = Stream.of("java.class.path", "jdk.module.path")
                .map(name -> System.getProperty(name, ""))
                .filter(path -> !path.isEmpty())
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-cp",
                classPath,
                Worker.class.getName());
        try {
            WorkerProcess worker = new WorkerProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start(), patience);
            Thread reader = new Thread(worker::read, "fencepost-tck-worker-output");
            reader.setDaemon(true);
            reader.start();
            try {
                worker.ask(Worker.open(spec, holder));
            } catch (RuntimeException | Error | InterruptedException e) {
                worker.close();
                throw e;
            }
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command.get(0), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a worker started", e);
        }
    }

    private void read() {
        try (BufferedReader output = process.inputReader(UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(Worker.ANSWER)) {
                    answers.add(line.substring(Worker.ANSWER.length()));
                } else {
                    remember(line);
                }
            }
        } catch (IOException e) {
            remember(e.toString());
        }
        answers.add(ENDED);
    }

    private void remember(String line) {
        synchronized (log) {
            if (log.size() == LOG_LINES_KEPT) {
                log.removeFirst();
            }
            log.addLast(line);
        }
    }

    /** Sends a command without waiting for its answer. */
    void send(List<String> command) {
        try {
            commands.write(Csv.format(List.of(command)));
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the worker is gone: " + lastLines(), e);
        }
    }

    /** Sends a command and waits for its answer. */
    String ask(List<String> command) throws InterruptedException {
        send(command);
        return answer(patience);
    }

    /** The next answer; fails if the worker ended, failed, or does not answer in time. */
    String answer(Duration limit) throws InterruptedException {
        String answer = answers.poll(limit.toNanos(), NANOSECONDS);
        if (answer == null || answer.equals(ENDED) || answer.startsWith(Worker.FAILED)) {
            throw new AssertionError("the worker process " + process.pid() + " answered "
                    + Objects.requireNonNullElse(answer, "nothing within " + limit) + "; its last output: "
                    + lastLines());
        }
        return answer;
    }

    private String lastLines() {
        synchronized (log) {
            return String.join(" | ", log);
        }
    }

    /** Ends the process by SIGKILL, and returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Whether processes can be stopped and continued on this machine. */
    static boolean canPause() {
        return !System.getProperty("os.name").startsWith("Windows");
    }

    /** Stops the process by SIGSTOP. */
    void pause() throws InterruptedException {
        signal("-STOP");
    }

    /** Lets it go on by SIGCONT. */
    void resume() throws InterruptedException {
        signal("-CONT");
    }

    private void signal(String signal) throws InterruptedException {
        try {
            int code = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill " + signal + " of the worker ended with code " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run kill", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}

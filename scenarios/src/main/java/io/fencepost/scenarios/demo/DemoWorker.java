package io.fencepost.scenarios.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.infra.NodeState;
import io.fencepost.infra.StoppableProcess;
import io.fencepost.scheduler.cli.SchedulerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A worker as a process of its own, started as a user would, and what it says. Ends with this JVM, because its input does. Thread-safe. */
final class DemoWorker {
    private static final Pattern READY = Pattern.compile(" is ready: .*metrics on (http://\\S+)");
    private static final Duration GONE_LIMIT = Duration.ofSeconds(10);
    private static final int KEPT_LINES = 10_000;

    private final String name;
    private final Process process;
    // guarded by itself
    private final List<String> lines = new ArrayList<>();

    private DemoWorker(String name, Process process) {
        this.name = name;
        this.process = process;
        Thread reader = new Thread(this::read, name + "-stderr");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a process with the class path of this one.
     *
     * @param folder for its temporary files, which it would leave behind when it is killed
     */
    static DemoWorker start(String name, Path folder, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.io.tmpdir=" + folder,
                "-cp",
                System.getProperty("java.class.path"),
                SchedulerMain.class.getName(),
                "worker",
                "--name",
                name,
                "--metrics-port",
                "0",
                "--until-eof"));
        command.addAll(options);
        return new DemoWorker(
                name,
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where its meters are, once it is ready. */
    Optional<String> metrics() {
        return line(READY).map(line -> {
            Matcher matcher = READY.matcher(line);
            return matcher.find() ? matcher.group(1) : "";
        });
    }

    /** The first line that it printed and in which {@code pattern} is found. */
    Optional<String> line(Pattern pattern) {
        synchronized (lines) {
            return lines.stream().filter(line -> pattern.matcher(line).find()).findFirst();
        }
    }

    /** How many lines it has printed. */
    int lineCount() {
        synchronized (lines) {
            return lines.size();
        }
    }

    /** What it has printed after so many lines. */
    List<String> linesAfter(int count) {
        synchronized (lines) {
            return List.copyOf(lines.subList(Math.min(count, lines.size()), lines.size()));
        }
    }

    /** The end of what it printed, for a message. */
    String lastWords() {
        synchronized (lines) {
            return lines.isEmpty()
                    ? "it printed nothing"
                    : "it printed last: "
                            + String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        }
    }

    /** Sends SIGSTOP, and returns when every thread of it stands still. */
    void pause() {
        StoppableProcess.of(process.pid()).pause();
    }

    /** Sends SIGCONT, and returns when it runs again. */
    void resume() {
        StoppableProcess.of(process.pid()).resume();
    }

    NodeState state() {
        return StoppableProcess.of(process.pid()).state();
    }

    /** Sends SIGKILL, which works on a stopped process too, and returns when it is gone; false if it is not within seconds. */
    boolean kill() throws InterruptedException {
        process.destroyForcibly();
        return process.waitFor(GONE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** The exit code, if it ended within {@code limit}. */
    Optional<Integer> exitCode(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)
                ? Optional.of(process.exitValue())
                : Optional.empty();
    }

    private void read() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lines) {
                    if (lines.size() < KEPT_LINES) {
                        lines.add(line);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // the pipe of a killed process: the same as its end
        }
    }
}

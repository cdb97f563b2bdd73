package io.fencepost.scenarios.jobs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fencepost.infra.NodeState;
import io.fencepost.infra.StoppableProcess;
import io.fencepost.scheduler.cli.SchedulerMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A worker of the scheduler as a process of its own, started as a user would. Ends with this JVM, because its input does. For use by one thread. */
final class JobWorker {
    private static final Pattern READY = Pattern.compile(" is ready: ");
    private static final Pattern STALE = Pattern.compile("refused \\S+ a write with token \\d+ is stale");
    private static final Pattern LEADING = Pattern.compile("leading since term |not leading");
    private static final int GONE_SECONDS = 10;

    private final String name;
    private final Process process;
    private final Path log;

    private JobWorker(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** @param folder for its log and its temporary files */
    static JobWorker start(String name, Path folder, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
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
        Path log = folder.resolve(name + ".log");
        return new JobWorker(
                name,
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(log.toFile())
                        .start(),
                log);
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

    boolean isReady() {
        return count(READY) > 0;
    }

    /** How many writes with a stale token the store has refused it, as it says. */
    long refused() {
        return count(STALE);
    }

    /** Whether it leads, as it said last. */
    boolean leads() {
        List<String> said = lines(LEADING);
        return !said.isEmpty() && said.get(said.size() - 1).contains("leading since term ");
    }

    /** The end of its log, for a message. */
    String lastWords() {
        List<String> all = lines(Pattern.compile(""));
        return String.join(" | ", all.subList(Math.max(0, all.size() - 4), all.size()));
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

    /** Sends SIGKILL, which works on a stopped process too, and returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(GONE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("process " + process.pid() + " survives SIGKILL");
        }
    }

    /** As {@link #kill}, without waiting. */
    void killAtOnce() {
        process.destroyForcibly();
    }

    private long count(Pattern pattern) {
        return lines(pattern).size();
    }

    private List<String> lines(Pattern pattern) {
        // a line of which the process has written only a part is not there yet in UTF-8 of whole characters: all is
        // ASCII
        try (Stream<String> lines = Files.lines(log, ISO_8859_1)) {
            return lines.filter(line -> pattern.matcher(line).find()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

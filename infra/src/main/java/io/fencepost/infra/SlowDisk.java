package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes the disk of one running node slow: every call that waits for the disk ({@code fsync}, {@code fdatasync}, {@code msync},
 * {@code sync_file_range}) begins that much later, until this is closed. What was written stays right; it is only late.
 *
 * <p>It is done by {@code strace}, attached to all threads of the node. While attached, every other system call takes some
 * microseconds more too. strace runs under the cluster's warden and ends with it; without it the node goes on at full speed,
 * however it ended. A node that is started again has a fast disk; {@link Cluster#heal()} makes every disk fast.
 *
 * <p>Thread safe. All methods block for a second or less on a machine that is not crowded.
 */
public final class SlowDisk implements AutoCloseable {

    private static final List<String> CALLS = List.of("fsync", "fdatasync", "msync", "sync_file_range");
    private static final Pattern CALL = Pattern.compile("\\b(" + String.join("|", CALLS) + ")\\(");
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration POLITENESS = Duration.ofSeconds(5);
    private static final Path PROC = Path.of("/proc");

    private final NodeFiles files;
    private final ProcessIdentity tracer;

    private SlowDisk(NodeFiles files, ProcessIdentity tracer) {
        this.files = files;
        this.tracer = tracer;
    }

    /**
     * Why disks cannot be made slow on this machine, such as {@code there is no program strace}; empty if they can. Found out by
     * slowing down a program that syncs a file, and by attaching to a process; blocks for a second or less.
     */
    public static Optional<String> unavailable() {
        String system = System.getProperty("os.name");
        if (!system.equals("Linux")) {
            return Optional.of("this is not Linux but " + system);
        }
        Optional<Path> strace = Platform.onSearchPath("strace");
        if (strace.isEmpty()) {
            return Optional.of("there is no program strace (package strace)");
        }
        try {
            Path folder = Files.createTempDirectory("fencepost-disk");
            try {
                return cannotDelay(strace.get(), folder).or(() -> cannotAttach(strace.get(), folder));
            } catch (IllegalStateException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            } finally {
                Disk.deleteTree(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    /**
     * Makes the disk of a node slow.
     *
     * @param node a running or paused node of a cluster from {@link Clusters}
     * @param delay of each call, a millisecond to a minute
     * @return what {@link #close()} ends it by; every thread of the node is concerned when this returns
     * @throws IllegalArgumentException if the delay is out of range, or the node is none of {@link Clusters}
     * @throws IllegalStateException if the node is dead or its disk is slow already, or where {@link #unavailable()} has a reason
     */
    public static SlowDisk of(ServerNode node, Duration delay) {
        if (delay.compareTo(Duration.ofMillis(1)) < 0 || delay.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("delay = " + delay + ", must be PT0.001S to " + LONGEST);
        }
        if (node instanceof LocalNode local) {
            return local.slowDisk(delay);
        }
        throw new IllegalArgumentException(node + " is no node of a cluster of local processes");
    }

    /** How many calls were delayed, those that still wait included; it stays readable after {@link #close()}. */
    public long delayedCalls() {
        return calls(Disk.read(files.slowDiskTrace()).orElse(""));
    }

    /** Ends the delay, also of the calls that still wait. Idempotent. */
    @Override
    public void close() {
        end(tracer);
    }

    /** Starts to trace a process whose files these are. */
    static SlowDisk begin(Path cluster, int index, ProcessIdentity server, Duration delay) {
        NodeFiles files = NodeFiles.of(cluster, index);
        if (files.slowDisk().filter(ProcessIdentity::isAlive).isPresent()) {
            throw new IllegalStateException("the disk of node " + (index + 1) + " of " + cluster + " is slow already");
        }
        Path strace = Platform.onSearchPath("strace")
                .orElseThrow(() -> new IllegalStateException("there is no program strace (package strace)"));
        files.writeSlowDiskLaunch(bound(attach(strace, server.pid(), files.slowDiskTrace(), delay)));
        WardenClient.slowDown(cluster, index);
        ProcessIdentity tracer = files.slowDisk().orElseThrow();
        if (!attached(server.pid(), tracer)) {
            end(tracer);
            throw new IllegalStateException("strace does not trace node " + (index + 1) + " of " + cluster + ": "
                    + Disk.tail(files.slowDiskLog(), 5));
        }
        return new SlowDisk(files, tracer);
    }

    /** Ends a tracer; asked politely it leaves the traced process in order, and the kernel does so otherwise. */
    static void end(ProcessIdentity tracer) {
        if (tracer.isAlive()) {
            ProcessHandle.of(tracer.pid()).ifPresent(ProcessHandle::destroy);
            if (!Waiting.until(POLITENESS, Waiting.STEP, () -> !tracer.isAlive())) {
                tracer.kill();
            }
        }
        if (!Waiting.until(LIMIT, Waiting.STEP, () -> !tracer.isAlive())) {
            throw new IllegalStateException("strace does not end after SIGKILL: " + tracer);
        }
    }

    /** The calls in what strace wrote; a call that others interleave with has its second half without a parenthesis. */
    static long calls(String trace) {
        return CALL.matcher(trace).results().count();
    }

    static List<String> attach(Path strace, long pid, Path trace, Duration delay) {
        List<String> command = new ArrayList<>(delaying(strace, trace, delay));
        command.addAll(List.of("-p", Long.toString(pid)));
        return command;
    }

    private static List<String> delaying(Path strace, Path trace, Duration delay) {
        String calls = String.join(",", CALLS);
        return List.of(
                strace.toString(),
                "-f",
                "-o",
                trace.toString(),
                "-e",
                "trace=" + calls,
                "-e",
                "inject=" + calls + ":delay_enter=" + delay.toNanos() / 1_000);
    }

    /** The same command, killed by the kernel with the thread that started it, where there is the program for that. */
    private static List<String> bound(List<String> command) {
        Optional<Path> setpriv = Platform.onSearchPath("setpriv");
        if (setpriv.isEmpty()) {
            return command;
        }
        List<String> whole = new ArrayList<>(List.of(setpriv.get().toString(), "--pdeathsig", "KILL"));
        whole.addAll(command);
        return whole;
    }

    private static Optional<String> cannotDelay(Path strace, Path folder) {
        Path trace = folder.resolve("trace");
        Path file = folder.resolve("file");
        Disk.write(file, "");
        List<String> command = new ArrayList<>(delaying(strace, trace, Duration.ofMillis(1)));
        command.addAll(List.of("sync", file.toString()));
        Programs.Result result = Programs.run(Map.of(), command);
        boolean delayed = Disk.read(trace).orElse("").contains("(DELAYED)");
        return delayed
                ? Optional.empty()
                : Optional.of("strace cannot delay calls: " + result.output().trim());
    }

    private static Optional<String> cannotAttach(Path strace, Path folder) {
        List<Process> started = new ArrayList<>();
        Path log = folder.resolve("log");
        try {
            Process traced = new ProcessBuilder("sleep", "60").start();
            started.add(traced);
            Process tracer = new ProcessBuilder(
                            attach(strace, traced.pid(), folder.resolve("trace"), Duration.ofMillis(1)))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            started.add(tracer);
            Optional<ProcessIdentity> identity = ProcessIdentity.of(tracer.pid());
            boolean attached =
                    identity.filter(found -> attached(traced.pid(), found)).isPresent();
            return attached
                    ? Optional.empty()
                    : Optional.of("strace cannot attach: " + Disk.tail(log, 5).trim());
        } catch (IOException e) {
            return Optional.of("strace cannot be tried: " + e.getMessage());
        } finally {
            started.forEach(Process::destroyForcibly);
        }
    }

    /** Whether all threads of the process come to be traced by this tracer; false as well if that ends. */
    private static boolean attached(long pid, ProcessIdentity tracer) {
        return Waiting.until(LIMIT, Waiting.STEP, () -> !tracer.isAlive() || tracesAllOf(pid, tracer))
                && tracer.isAlive();
    }

    private static boolean tracesAllOf(long pid, ProcessIdentity tracer) {
        Path tasks = PROC.resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                Optional<String> status = Disk.read(thread.resolve("status"));
                if (status.isPresent()
                        && status.get().lines().noneMatch(line -> line.equals("TracerPid:\t" + tracer.pid()))) {
                    return false;
                }
            }
            return true;
        } catch (IOException | UncheckedIOException e) {
            // a thread ended between the two looks
            return false;
        }
    }
}

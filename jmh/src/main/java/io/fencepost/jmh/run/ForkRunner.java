package io.fencepost.jmh.run;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ServerNode;
import io.fencepost.jmh.Arena;
import io.fencepost.jmh.contestant.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs one configuration in one JVM by JMH, on a cluster that runs already. */
final class ForkRunner {
    /** A fork that takes so many times its estimate and {@link #PATIENCE} is hanging. */
    private static final int HANGING = 4;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration HEAL_LIMIT = Duration.ofMinutes(2);
    private static final Duration STEP = Duration.ofMillis(20);
    private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");
    private static final int LONGEST_ERROR = 500;

    static {
        // JMH locks the machine for the length of a fork and fails where another one has it: a run of hundreds of forks
        // would lose some to any test that uses JMH
        System.setProperty("jmh.ignoreLock", "true");
    }

    private final Backend backend;
    private final Optional<Cluster> cluster;

    ForkRunner(Backend backend, Optional<Cluster> cluster) {
        this.backend = backend;
        this.cluster = cluster;
    }

    /** @return what went wrong, if something did */
    Optional<String> run(Configuration configuration, Timing timing, ForkFiles files) throws InterruptedException {
        FutureTask<Optional<String>> task = new FutureTask<>(() -> {
            new Runner(options(configuration, timing, files).build()).runSingle();
            return Optional.empty();
        });
        Set<Long> others = children();
        Thread hook = new Thread(() -> endForks(others), "end-fork");
        Runtime.getRuntime().addShutdownHook(hook);
        Thread thread = new Thread(task, "fork");
        thread.setDaemon(true);
        thread.start();
        try {
            return await(configuration, timing, files, task);
        } finally {
            task.cancel(true);
            endForks(others);
            removeHook(hook);
        }
    }

    private Optional<String> await(
            Configuration configuration, Timing timing, ForkFiles files, FutureTask<Optional<String>> task)
            throws InterruptedException {
        long limit = timing.estimate().multipliedBy(HANGING).plus(PATIENCE).toNanos();
        long begin = System.nanoTime();
        try {
            if (configuration.stoppedNodes() == 0) {
                return task.get(limit, TimeUnit.NANOSECONDS);
            }
            while (!task.isDone() && !Files.exists(files.connected()) && System.nanoTime() - begin < limit) {
                Thread.sleep(STEP.toMillis());
            }
            return withStoppedNode(files, task, limit);
        } catch (ExecutionException e) {
            return Optional.of(message(e.getCause() == null ? e : e.getCause(), files));
        } catch (TimeoutException e) {
            return Optional.of("the fork did not end within "
                    + Duration.ofNanos(System.nanoTime() - begin).toSeconds() + " s");
        } catch (IOException | IllegalStateException e) {
            return Optional.of(message(e, files));
        }
    }

    private Optional<String> withStoppedNode(ForkFiles files, FutureTask<Optional<String>> task, long limitNanos)
            throws InterruptedException, ExecutionException, TimeoutException, IOException {
        Cluster running = cluster.orElseThrow();
        ServerNode node = running.nodes().get(running.nodes().size() - 1);
        node.pause();
        try {
            Files.deleteIfExists(files.connected());
            return task.get(limitNanos, TimeUnit.NANOSECONDS);
        } finally {
            node.resume();
            running.awaitHealthy(HEAL_LIMIT);
        }
    }

    private ChainedOptionsBuilder options(Configuration configuration, Timing timing, ForkFiles files) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(Arena.class.getPackageName() + "." + configuration.benchmark()) + "$")
                .forks(1)
                .threads(configuration.threads())
                .warmupForks(0)
                .warmupIterations(timing.warmups())
                .warmupTime(TimeValue.milliseconds(timing.warmup().toMillis()))
                .measurementIterations(timing.iterations())
                .measurementTime(TimeValue.milliseconds(timing.iteration().toMillis()))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .resultFormat(ResultFormatType.JSON)
                .result(files.result().toString())
                .output(files.log().toString())
                .jvmArgs(HEAP.toArray(String[]::new))
                .jvmArgsAppend(
                        property(Arena.ADDRESSES, String.join(",", addresses())),
                        property(Arena.EXTRA, path(files.seen())),
                        property(Arena.CONNECTED, configuration.stoppedNodes() == 0 ? "" : path(files.connected())))
                .param("contestant", configuration.contestant());
        if (!configuration.benchmark().equals(BenchmarkId.MEMORY_CYCLE.id())) {
            options.param("clients", Integer.toString(configuration.clients()));
        }
        configuration.params().forEach(options::param);
        return options;
    }

    /** One server of ZooKeeper is enough, and must be the same for all: clients choose one by lot, and one that follows is a trip farther from a write than the leader. */
    private List<String> addresses() {
        List<String> all = cluster.map(Cluster::addresses).orElse(List.of());
        return backend == Backend.ZOOKEEPER ? all.subList(0, 1) : all;
    }

    private static String property(String name, String value) {
        return "-D" + name + "=" + value;
    }

    private static String path(Path file) {
        return file.toAbsolutePath().toString();
    }

    /** The cause in a line: JMH says only that the run failed, and the fork's exception is in the log. */
    private static String message(Throwable cause, ForkFiles files) {
        String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        try {
            Optional<String> told = Files.readAllLines(files.log()).stream()
                    .map(String::trim)
                    .filter(line -> line.matches("(Caused by: )?[\\w.$]+(Exception|Error)(: .*)?"))
                    .findFirst();
            return shortened(told.orElse(text));
        } catch (IOException e) {
            return shortened(text);
        }
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_ERROR ? text : text.substring(0, LONGEST_ERROR) + "…";
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    /** Ends what this process started since: the JVM of a fork that hangs, or that Ctrl-C came upon. */
    private static void endForks(Set<Long> others) {
        ProcessHandle.current()
                .children()
                .filter(child -> !others.contains(child.pid()))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // the JVM ends already, and the hook with it does what it is for
        }
    }
}

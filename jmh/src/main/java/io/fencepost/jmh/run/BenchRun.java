package io.fencepost.jmh.run;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.jmh.contestant.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Runs a {@link Plan}: backend by backend, each on one cluster; round by round; in a round each configuration once, in a fork of its own, forwards in odd rounds and
 * backwards in even ones. What fails is recorded and does not keep the rest from being measured.
 *
 * <p>Writes {@code <out>/jmh/<backend>/round-<nn>/<index>-<benchmark>-<contestant>-<clients>x<threads>[-stopped1].json}, JMH's own format without the places of its JVM and files, and beside it
 * {@code .extra.json}: what JMH cannot carry, written also where nothing was measured, with {@code notRun} or {@code error}; and {@code .log}, what JMH printed. An
 * index is a place in the plan as it is run, the same in every round. For use by one thread, once.
 */
public final class BenchRun {
    private final Plan plan;
    private final Path out;
    private final Consumer<String> progress;
    private final List<String> failures = new ArrayList<>();
    private final List<String> notRun = new ArrayList<>();
    private final Map<String, String> servers = new TreeMap<>();
    private int forks;
    private int done;
    private long startNanos;

    /**
     * What a run came to, beside its files.
     *
     * @param measured how many forks gave figures
     * @param servers what ran, by the id of the backend
     * @param notRun what was not run, and why, once for all rounds
     * @param failures what failed, and why, for each round
     */
    public record Result(int measured, Map<String, String> servers, List<String> notRun, List<String> failures) {
        public Result {
            servers = Map.copyOf(servers);
            notRun = List.copyOf(notRun);
            failures = List.copyOf(failures);
        }
    }

    /** Of one place in the plan. */
    private record Step(int index, Configuration configuration) {}

    /**
     * @param plan what to run
     * @param out where to write: a folder, made if missing
     * @param progress is told a line at a time how far it is
     */
    public BenchRun(Plan plan, Path out, Consumer<String> progress) {
        this.plan = plan;
        this.out = out;
        this.progress = progress;
    }

    /**
     * Runs everything. Blocks for {@link Plan#estimate}, more or less.
     *
     * @throws IOException if files cannot be written
     * @throws InterruptedException if interrupted; forks and clusters are gone then
     */
    public Result run() throws IOException, InterruptedException {
        List<Step> steps = new ArrayList<>();
        for (Configuration configuration : plan.configurations()) {
            steps.add(new Step(steps.size() + 1, configuration));
        }
        forks = plan.rounds()
                * (int) steps.stream()
                        .filter(step -> step.configuration().notRun().isEmpty())
                        .count();
        startNanos = System.nanoTime();
        progress.accept("%s: %d forks in %d rounds, about %s"
                .formatted(plan.name(), forks, plan.rounds(), clock(plan.estimate())));
        int measured = 0;
        for (Backend backend : plan.backends()) {
            List<Step> here = steps.stream()
                    .filter(step -> step.configuration().backend() == backend)
                    .toList();
            measured += onBackend(backend, here);
        }
        return new Result(measured, servers, notRun, failures);
    }

    private int onBackend(Backend backend, List<Step> steps) throws IOException, InterruptedException {
        if (backend.clusterSpec().isEmpty()) {
            return rounds(backend, steps, null);
        }
        progress.accept(backend.id() + ": starting the cluster");
        Cluster cluster;
        try {
            cluster = Clusters.start(backend.clusterSpec().orElseThrow());
        } catch (IllegalStateException e) {
            noCluster(backend, steps, e);
            return 0;
        }
        try (cluster) {
            servers.put(backend.id(), cluster.describe());
            progress.accept(backend.id() + ": " + cluster.describe());
            return rounds(backend, steps, cluster);
        }
    }

    private void noCluster(Backend backend, List<Step> steps, IllegalStateException cause) throws IOException {
        // the message goes on with the log of the server
        String reason = "the cluster did not start: "
                + String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        failures.add(backend.id() + ": " + reason);
        progress.accept(backend.id() + ": FAILED, " + cause.getMessage());
        for (int round = 1; round <= plan.rounds(); round++) {
            Path folder = folder(backend, round);
            for (Step step : steps) {
                new ForkFiles(folder, step.configuration().fileName(step.index()))
                        .writeExtra(step.configuration(), round, null, reason);
            }
        }
        done += plan.rounds() * steps.size();
    }

    private int rounds(Backend backend, List<Step> steps, @Nullable Cluster cluster)
            throws IOException, InterruptedException {
        int measured = 0;
        ForkRunner runner = new ForkRunner(backend, Optional.ofNullable(cluster));
        for (int round = 1; round <= plan.rounds(); round++) {
            Path folder = folder(backend, round);
            for (Step step : inOrder(steps, round)) {
                measured += fork(runner, folder, step, round) ? 1 : 0;
            }
        }
        return measured;
    }

    private Path folder(Backend backend, int round) throws IOException {
        return Files.createDirectories(
                out.resolve("jmh").resolve(backend.id()).resolve(String.format(Locale.ROOT, "round-%02d", round)));
    }

    /** Forwards in odd rounds, backwards in even ones: a drift of the machine then weighs on both of a pair alike. */
    static <T> List<T> inOrder(List<T> steps, int round) {
        List<T> ordered = new ArrayList<>(steps);
        if (round % 2 == 0) {
            Collections.reverse(ordered);
        }
        return ordered;
    }

    private boolean fork(ForkRunner runner, Path folder, Step step, int round)
            throws IOException, InterruptedException {
        Configuration configuration = step.configuration();
        ForkFiles files = new ForkFiles(folder, configuration.fileName(step.index()));
        Optional<String> reason = configuration.notRun();
        if (reason.isPresent()) {
            files.writeExtra(configuration, round, reason.get(), null);
            if (round == 1) {
                notRun.add(configuration.describe() + ": " + reason.get());
                progress.accept("NOT RUN " + configuration.describe() + ": " + reason.get());
            }
            return false;
        }
        long begin = System.nanoTime();
        Optional<String> error = runner.run(configuration, plan.timing(configuration), files);
        files.writeExtra(configuration, round, null, error.orElse(null));
        done++;
        error.ifPresent(text -> failures.add("round " + round + ", " + configuration.describe() + ": " + text));
        progress.accept("[%d/%d] %s round %d: %s %s in %d s; about %s left"
                .formatted(
                        done,
                        forks,
                        configuration.backend().id(),
                        round,
                        configuration.describe(),
                        error.map(text -> "FAILED (" + text + ")").orElse("done"),
                        Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                        clock(left())));
        return error.isEmpty();
    }

    /** By what was needed so far, once that tells something; by the plan before. */
    private Duration left() {
        Duration passed = Duration.ofNanos(System.nanoTime() - startNanos);
        double share = done / (double) Math.max(1, forks);
        Duration planned = plan.estimate();
        double total = share < 0.05 ? planned.toMillis() : passed.toMillis() / share;
        return Duration.ofMillis(Math.max(0, (long) (total - passed.toMillis())));
    }

    private static String clock(Duration duration) {
        return "%d:%02d".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    /**
     * Runs a plan: {@code --plan goals|quick|full|experiments --out <folder> [--backends a,b] [--benchmarks <regex>] [--rounds <n>]}. Exit code 0 if everything
     * was measured, 1 if not, 2 if the command line is wrong.
     */
    public static void main(String[] args) throws Exception {
        Plan plan;
        Path folder;
        try {
            String name = option(args, "--plan").orElse("goals");
            Set<Backend> backends = option(args, "--backends")
                    .map(list ->
                            Arrays.stream(list.split(",", -1)).map(Backend::of).collect(Collectors.toSet()))
                    .orElse(Set.of(Backend.values()));
            plan = Plan.of(name)
                    .only(backends, Pattern.compile(option(args, "--benchmarks").orElse("")));
            plan = plan.withRounds(
                    option(args, "--rounds").map(Integer::parseInt).orElse(plan.rounds()));
            folder = Path.of(
                    option(args, "--out").orElseThrow(() -> new IllegalArgumentException("--out <folder> is missing")));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Result result = new BenchRun(plan, folder, System.out::println).run();
        result.failures().forEach(System.err::println);
        System.exit(result.failures().isEmpty() ? 0 : 1);
    }

    private static Optional<String> option(String[] args, String name) {
        for (int i = 0; i + 1 < args.length; i++) {
            if (args[i].equals(name)) {
                return Optional.of(args[i + 1]);
            }
        }
        return Optional.empty();
    }
}

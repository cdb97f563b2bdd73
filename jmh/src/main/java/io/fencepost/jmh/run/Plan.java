package io.fencepost.jmh.run;

import static io.fencepost.jmh.run.BenchmarkId.CONTENDED_CYCLE;
import static io.fencepost.jmh.run.BenchmarkId.FAILED_TRY;
import static io.fencepost.jmh.run.BenchmarkId.HANDOFF;
import static io.fencepost.jmh.run.BenchmarkId.MANY_LOCKS;
import static io.fencepost.jmh.run.BenchmarkId.MEMORY_CYCLE;
import static io.fencepost.jmh.run.BenchmarkId.RENEWAL;
import static io.fencepost.jmh.run.BenchmarkId.UNCONTENDED_ACQUIRE;
import static io.fencepost.jmh.run.BenchmarkId.UNCONTENDED_CYCLE;
import static io.fencepost.jmh.run.BenchmarkId.UNCONTENDED_RELEASE;

import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Contestants;
import io.fencepost.jmh.contestant.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run measures, in which order, how often and how long. Those that are to be compared are neighbours, so that what changes with time is the same for both.
 * Immutable.
 *
 * @param name for people and folders
 * @param rounds how many forks each configuration gets, one a round
 * @param configurations in the order of odd rounds; even rounds go backwards
 * @param brief how long a fork of a benchmark without contention measures
 * @param contended how long one with contention
 */
public record Plan(String name, int rounds, List<Configuration> configurations, Timing brief, Timing contended) {
    private static final Duration CLUSTER = Duration.ofSeconds(25);

    private static final Timing GOALS_SHORT = new Timing(1, Duration.ofSeconds(10), 2, Duration.ofMillis(1500));
    private static final Timing GOALS_CONTENDED = new Timing(1, Duration.ofSeconds(6), 1, Duration.ofSeconds(4));
    private static final Timing QUICK_SHORT = new Timing(1, Duration.ofSeconds(1), 1, Duration.ofSeconds(1));
    private static final Timing QUICK_CONTENDED = new Timing(1, Duration.ofSeconds(1), 1, Duration.ofSeconds(2));
    private static final Timing FULL_SHORT = new Timing(2, Duration.ofSeconds(2), 3, Duration.ofSeconds(3));
    private static final Timing FULL_CONTENDED = new Timing(1, Duration.ofSeconds(3), 2, Duration.ofSeconds(6));

    /** The pauses of a peer that polls, in milliseconds, of which the best counts. */
    private static final List<Integer> POLLS = List.of(5, 25, 100);

    /** What a thread of a peer that polls waits at most where many do: what it would wait for at the end of an iteration is lost time. */
    private static final int SHORT_WAIT_MILLIS = 3000;

    /** @throws IllegalArgumentException if there are no rounds */
    public Plan {
        configurations = List.copyOf(configurations);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds = " + rounds + ", must be at least 1");
        }
    }

    /**
     * A pair of configurations that differ in one optimisation.
     *
     * @param name of the optimisation
     * @param without it
     * @param with it
     */
    public record Optimisation(String name, Configuration without, Configuration with) {}

    /** What the table of goals needs: about 35 minutes in five rounds. */
    public static Plan goals() {
        List<Configuration> all = new ArrayList<>();
        all.addAll(each(UNCONTENDED_ACQUIRE, 1, 1, "cassandra", "cassandra-raw"));
        all.addAll(each(UNCONTENDED_CYCLE, 1, 1, "cassandra", "cassandra-raw"));
        all.addAll(each(CONTENDED_CYCLE, 1, 64, "cassandra"));
        all.addAll(polled(CONTENDED_CYCLE, 1, 64, "shedlock-cassandra"));
        all.addAll(each(CONTENDED_CYCLE, 4, 64, "cassandra"));

        all.addAll(each(UNCONTENDED_ACQUIRE, 1, 1, "redlock", "redis-raw-quorum"));
        all.add(Configuration.of(UNCONTENDED_ACQUIRE, "redlock", 1, 1).withStoppedNode());
        all.addAll(each(UNCONTENDED_CYCLE, 1, 1, "redlock", "redisson-redlock"));
        all.addAll(each(CONTENDED_CYCLE, 4, 32, "redlock", "redisson-redlock"));

        all.addAll(each(UNCONTENDED_ACQUIRE, 1, 1, "zookeeper", "zookeeper-raw"));
        all.addAll(each(UNCONTENDED_CYCLE, 1, 1, "zookeeper", "curator-mutex"));
        all.addAll(each(CONTENDED_CYCLE, 4, 32, "zookeeper", "curator-mutex", "zookeeper-fair"));

        all.addAll(each(MEMORY_CYCLE, 1, 1, "memory", "reentrant-lock"));
        return new Plan("goals", 5, all, GOALS_SHORT, GOALS_CONTENDED);
    }

    /** Every benchmark, reduced: about 24 minutes in two rounds. */
    public static Plan quick() {
        List<Configuration> all = new ArrayList<>();
        for (Backend backend : Backend.values()) {
            all.addAll(everything(backend));
            all.addAll(forAll(CONTENDED_CYCLE, backend, 4, 32, type -> true));
        }
        return new Plan("quick", 2, all, QUICK_SHORT, QUICK_CONTENDED);
    }

    /** Every benchmark, with contention from 2 to 64 threads and from 1 to 4 clients: hours. */
    public static Plan full() {
        List<Configuration> all = new ArrayList<>();
        for (Backend backend : Backend.values()) {
            all.addAll(everything(backend));
            for (int clients : new int[] {1, 4}) {
                for (int threads : new int[] {1, 4, 16, 64}) {
                    if (threads >= clients) {
                        all.addAll(forAll(CONTENDED_CYCLE, backend, clients, threads, type -> true));
                    }
                }
            }
        }
        return new Plan("full", 5, all, FULL_SHORT, FULL_CONTENDED);
    }

    /** Both sides of every {@link #optimisations optimisation}: about 40 minutes in five rounds. */
    public static Plan experiments() {
        List<Configuration> all = optimisations().stream()
                .flatMap(one -> Stream.of(one.without(), one.with()))
                .distinct()
                .toList();
        return new Plan("experiments", 5, all, GOALS_SHORT, GOALS_CONTENDED);
    }

    /** The optimisations whose worth is measured. */
    public static List<Optimisation> optimisations() {
        List<Optimisation> all = new ArrayList<>();
        all.add(optimisation(
                "one LWT instead of two tables", UNCONTENDED_CYCLE, 1, 1, "cassandra-two-tables", "cassandra-control"));
        all.add(optimisation("cached fence", UNCONTENDED_CYCLE, 1, 1, "cassandra-no-fence-cache", "cassandra-control"));
        all.add(optimisation(
                "one coordinator for a lock",
                CONTENDED_CYCLE,
                4,
                16,
                "cassandra-any-coordinator",
                "cassandra-control"));
        all.add(optimisation("a look before the CAS", CONTENDED_CYCLE, 4, 16, "cassandra-no-look", "cassandra"));
        for (String provider : List.of("cassandra", "redlock", "zookeeper")) {
            all.add(optimisation("cohort handoff", CONTENDED_CYCLE, 1, 32, provider + "-no-handoff", provider));
            all.add(new Optimisation(
                    "local queue",
                    // each thread a contender of its own
                    Configuration.of(CONTENDED_CYCLE, provider + "-no-handoff", 32, 32),
                    Configuration.of(CONTENDED_CYCLE, provider + "-no-handoff", 1, 32)));
        }
        return List.copyOf(all);
    }

    private static Optimisation optimisation(
            String name, BenchmarkId benchmark, int clients, int threads, String without, String with) {
        return new Optimisation(
                name,
                Configuration.of(benchmark, without, clients, threads),
                Configuration.of(benchmark, with, clients, threads));
    }

    private static List<Configuration> everything(Backend backend) {
        if (backend == Backend.MEMORY) {
            return each(MEMORY_CYCLE, 1, 1, "memory", "reentrant-lock");
        }
        List<Configuration> all = new ArrayList<>();
        Predicate<ContestantType> any = type -> true;
        Predicate<ContestantType> oursAndFloor = type -> type.role() != Role.PEER;
        all.addAll(forAll(UNCONTENDED_ACQUIRE, backend, 1, 1, any));
        all.addAll(forAll(UNCONTENDED_RELEASE, backend, 1, 1, oursAndFloor));
        all.addAll(forAll(UNCONTENDED_CYCLE, backend, 1, 1, any));
        all.addAll(forAll(FAILED_TRY, backend, 2, 1, any));
        all.addAll(forAll(RENEWAL, backend, 1, 1, any));
        all.addAll(forAll(HANDOFF, backend, 2, 1, any));
        for (String distribution : List.of("uniform", "zipf")) {
            forAll(MANY_LOCKS, backend, 4, 32, any).stream()
                    .map(one -> one.with("locks", 1000).with("distribution", distribution))
                    .forEach(all::add);
        }
        return all;
    }

    /** All but experiments; what cannot be measured for lack of an ability is told once, by the benchmarks without alternative. */
    private static List<Configuration> forAll(
            BenchmarkId benchmark, Backend backend, int clients, int threads, Predicate<ContestantType> which) {
        return Contestants.all().stream()
                .filter(type -> type.backend() == backend && type.role() != Role.EXPERIMENT && which.test(type))
                .filter(type -> !type.id().equals("reentrant-lock") || clients == 1)
                .map(type -> Configuration.of(benchmark, type.id(), clients, threads))
                .map(one -> polls(one) ? one.with("waitMillis", SHORT_WAIT_MILLIS) : one)
                .toList();
    }

    private static boolean polls(Configuration one) {
        return one.contestant().startsWith("shedlock")
                && BenchmarkId.of(one.benchmark()).contended();
    }

    private static List<Configuration> each(BenchmarkId benchmark, int clients, int threads, String... contestants) {
        return Arrays.stream(contestants)
                .map(contestant -> Configuration.of(benchmark, contestant, clients, threads))
                .toList();
    }

    private static List<Configuration> polled(BenchmarkId benchmark, int clients, int threads, String contestant) {
        return POLLS.stream()
                .map(millis -> Configuration.of(benchmark, contestant, clients, threads)
                        .with("pollMillis", millis)
                        .with("waitMillis", SHORT_WAIT_MILLIS))
                .toList();
    }

    /**
     * The plan of that name: {@code goals}, {@code quick}, {@code full} or {@code experiments}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Plan of(String name) {
        return switch (name) {
            case "goals" -> goals();
            case "quick" -> quick();
            case "full" -> full();
            case "experiments" -> experiments();
            default ->
                throw new IllegalArgumentException(
                        "'" + name + "' is no plan; there are goals, quick, full, experiments");
        };
    }

    /** The same with another number of rounds. */
    public Plan withRounds(int number) {
        return new Plan(name, number, configurations, brief, contended);
    }

    /** The same with other timings. */
    public Plan withTimings(Timing newShort, Timing newContended) {
        return new Plan(name, rounds, configurations, newShort, newContended);
    }

    /** Only what runs on these backends and whose benchmark's id has a match of the pattern. */
    public Plan only(Set<Backend> backends, Pattern benchmark) {
        return new Plan(
                name,
                rounds,
                configurations.stream()
                        .filter(one -> backends.contains(one.backend()))
                        .filter(one -> benchmark.matcher(one.benchmark()).find())
                        .toList(),
                brief,
                contended);
    }

    /** How long a fork of this configuration measures. */
    public Timing timing(Configuration configuration) {
        return BenchmarkId.of(configuration.benchmark()).contended() ? contended : brief;
    }

    /** The backends of the plan, in their order. */
    public List<Backend> backends() {
        return configurations.stream().map(Configuration::backend).distinct().collect(Collectors.toList());
    }

    /** How long the run takes, more or less. */
    public Duration estimate() {
        Duration round = configurations.stream()
                .filter(one -> one.notRun().isEmpty())
                .map(one -> timing(one).estimate())
                .reduce(Duration.ZERO, Duration::plus);
        long clusters =
                backends().stream().filter(one -> one.clusterSpec().isPresent()).count();
        return round.multipliedBy(rounds).plus(CLUSTER.multipliedBy(clusters));
    }
}

package io.fencepost.scenarios.cli;

import io.fencepost.jmh.Target;
import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestants;
import io.fencepost.jmh.run.BenchRun;
import io.fencepost.jmh.run.BenchmarkId;
import io.fencepost.jmh.run.Plan;
import io.fencepost.scenarios.bench.Evaluation;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Comparison;
import io.fencepost.scenarios.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fencepost bench}. */
@Command(
        name = "bench",
        description = {
            "Measures providers beside the raw calls of their drivers and beside other libraries, by JMH, in forks that take turns,"
                    + " on real clusters of this machine.",
            "Writes every fork's JSON, bench.csv, pairs.csv, goals.csv, goals.md and goals.html into a new folder, and prints the"
                    + " table of goals."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything that was asked for was measured, whether goals are met or not",
            "1:something could not be measured: a fork failed, or a goal has no figure; the rest was measured",
            "2:the command line is wrong; nothing was started",
            "3:a lock of our providers had two holders, or its fencing tokens were out of order"
        })
final class BenchCommand implements Callable<Integer> {
    private static final String TAKEOVER = "takeover";

    @ArgGroup(exclusive = true)
    private WhatToMeasure what = new WhatToMeasure();

    @Option(
            names = "--backends",
            split = ",",
            paramLabel = "<backend>",
            defaultValue = "cassandra,redis,zookeeper,memory",
            converter = BackendConverter.class,
            description = "What to measure on: ${DEFAULT-VALUE} by default.")
    private List<Backend> backends = new ArrayList<>();

    @Option(
            names = "--benchmarks",
            paramLabel = "<regex>",
            defaultValue = "",
            description =
                    "Only benchmarks in whose name it is found, takeover being one of them: 'Contended|takeover'. All by default.")
    private Pattern benchmarks = Pattern.compile("");

    @Option(
            names = "--rounds",
            paramLabel = "<number>",
            description =
                    "How many forks each contestant gets, one a round. 5 by default, 2 with --quick. One round has no intervals.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seed",
            paramLabel = "<number>",
            defaultValue = "1",
            description = "Decides when holders are killed; not the timing. ${DEFAULT-VALUE} by default.")
    private long seed;

    @Option(
            names = "--takeover-ttl",
            paramLabel = "<seconds>",
            defaultValue = "2.5",
            description =
                    "The ttl of the leases whose holders are killed, 1 to 60 seconds. ${DEFAULT-VALUE} by default.")
    private double takeoverTtlSeconds;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-bench-<what> of the"
                            + " checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** One of them, or none for the first. */
    static final class WhatToMeasure {
        @Option(
                names = "--goals",
                description = "What the table of goals needs, takeovers included: about 40 minutes. The default.")
        // what is left when it is none of the others; there to be said
        @SuppressWarnings("UnusedVariable")
        private boolean goals;

        @Option(names = "--quick", description = "Every benchmark, reduced: about 25 minutes.")
        private boolean quick;

        @Option(names = "--full", description = "Every benchmark, also from 1 to 64 threads and 1 to 4 clients: hours.")
        private boolean full;

        @Option(
                names = "--experiments",
                description = "With and without each optimisation, one at a time: about 40 minutes.")
        private boolean experiments;

        @Option(
                names = "--evaluate",
                paramLabel = "<folder>",
                description = "Measures nothing: writes CSVs, table and page of a kept run again, from its JSON.")
        private @Nullable Path evaluate;

        Plan plan() {
            if (quick) {
                return Plan.quick();
            }
            if (full) {
                return Plan.full();
            }
            return experiments ? Plan.experiments() : Plan.goals();
        }
    }

    /** Reads a backend's name. */
    static final class BackendConverter implements ITypeConverter<Backend> {
        @Override
        public Backend convert(String value) {
            try {
                return Backend.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (what.evaluate != null) {
            return tell(evaluated(what.evaluate), what.evaluate, List.of(), 0);
        }
        Plan plan = plan();
        List<Target> takeovers = takeovers(plan);
        if (plan.configurations().isEmpty() && takeovers.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--benchmarks: '" + benchmarks + "' is found in none that " + plan.name()
                            + " has on these backends; there are "
                            + Stream.concat(
                                            Arrays.stream(BenchmarkId.values()).map(BenchmarkId::id),
                                            Stream.of(TAKEOVER))
                                    .collect(Collectors.joining(", ")));
        }
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "bench-" + plan.name(), spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, seed, plan.name(), command(plan));
        describe(environment, plan);
        return measure(plan, takeovers, folder, environment);
    }

    private Plan plan() {
        Integer wanted = rounds;
        if (wanted != null && wanted < 1) {
            throw new ParameterException(spec.commandLine(), "--rounds: " + wanted + " is less than 1");
        }
        if (!(takeoverTtlSeconds >= 1 && takeoverTtlSeconds <= 60)) {
            throw new ParameterException(
                    spec.commandLine(), "--takeover-ttl: " + takeoverTtlSeconds + " is not between 1 and 60 seconds");
        }
        Plan plan = what.plan().only(Set.copyOf(backends), benchmarks);
        return wanted == null ? plan : plan.withRounds(wanted);
    }

    private Duration takeoverTtl() {
        return Duration.ofMillis(Math.round(takeoverTtlSeconds * 1000));
    }

    private List<Target> takeovers(Plan plan) {
        if (!plan.name().equals(Plan.goals().name())
                || !benchmarks.matcher(TAKEOVER).find()) {
            return List.of();
        }
        return Arrays.stream(Target.values())
                .filter(target -> backends.stream()
                        .flatMap(backend -> backend.clusterSpec().stream())
                        .anyMatch(cluster ->
                                cluster.kind() == target.clusterSpec().kind()))
                .toList();
    }

    private String command(Plan plan) {
        return "fencepost bench --" + plan.name() + " --backends "
                + new LinkedHashSet<>(backends).stream().map(Backend::id).collect(Collectors.joining(","))
                + (benchmarks.pattern().isEmpty() ? "" : " --benchmarks '" + benchmarks + "'")
                + " --rounds " + plan.rounds() + " --seed " + seed + " --takeover-ttl " + takeoverTtlSeconds;
    }

    private void describe(EnvironmentFile environment, Plan plan) throws IOException {
        environment.putAsked(
                new LinkedHashSet<>(backends).stream().map(Backend::id).toList(), benchmarks.pattern());
        Set<String> planned = plan.configurations().stream()
                .map(configuration -> configuration.contestant())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        planned.stream()
                .map(Contestants::of)
                .forEach(type -> environment.putContestant(
                        type.id(),
                        type.backend().id(),
                        type.role().name().toLowerCase(Locale.ROOT),
                        type.version(),
                        type.guarantee()));
        environment.write();
    }

    private int measure(Plan plan, List<Target> takeovers, Path folder, EnvironmentFile environment)
            throws IOException, InterruptedException {
        List<String> failures = new ArrayList<>();
        long violations = 0;
        System.out.println("Results go to " + folder);
        if (!plan.configurations().isEmpty()) {
            BenchRun.Result result = new BenchRun(plan, folder, System.out::println).run();
            result.servers().forEach(environment::putServers);
            environment.write();
        }
        if (!takeovers.isEmpty()) {
            Comparison.Result result = takeOver(takeovers, folder, environment);
            failures.addAll(result.failures());
            violations = result.violations();
        }
        return tell(Evaluation.of(folder), folder, failures, violations);
    }

    private Comparison.Result takeOver(List<Target> targets, Path folder, EnvironmentFile environment)
            throws IOException, InterruptedException {
        Path takeover = Files.createDirectory(folder.resolve(TAKEOVER));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        PrintStream console = System.out;
        // each target is two steps: its cluster, and the kills
        try (Progress progress = new Progress(
                console,
                Ansi.AUTO.enabled(),
                2 * targets.size(),
                Comparison.estimateOfTakeovers(targets.size(), takeoverTtl()))) {
            return Comparison.ofTakeovers(targets, takeoverTtl(), seed, takeover, run, environment, progress)
                    .run();
        }
    }

    private Evaluation evaluated(Path folder) {
        try {
            return Evaluation.of(folder);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--evaluate: " + e.getMessage(), e);
        }
    }

    private static int tell(Evaluation evaluation, Path folder, List<String> failures, long violationsOfTakeovers)
            throws IOException {
        evaluation.write();
        PrintStream console = System.out;
        console.println();
        console.println(evaluation.markdown());
        console.println("Written to " + folder);
        Stream.concat(failures.stream(), evaluation.failures().stream())
                .forEach(failure -> console.println("FAILED: " + failure));
        long violations = violationsOfTakeovers + evaluation.violations();
        if (violations > 0) {
            console.println("VIOLATION: " + violations + " grants broke exclusion or the order of tokens");
            return CompareCommand.VIOLATIONS;
        }
        return failures.isEmpty() && evaluation.failures().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}

package io.fencepost.scenarios.cli;

import io.fencepost.jmh.Target;
import io.fencepost.report.ComparisonReport;
import io.fencepost.scenarios.chaos.Campaign;
import io.fencepost.scenarios.chaos.Summary;
import io.fencepost.scenarios.chaos.Variant;
import io.fencepost.scenarios.chaos.plan.Catalog;
import io.fencepost.scenarios.chaos.plan.Overrides;
import io.fencepost.scenarios.chaos.plan.Scenario;
import io.fencepost.scenarios.chaos.plan.ScenarioFormatException;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Comparison;
import io.fencepost.scenarios.run.Profile;
import io.fencepost.scenarios.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fencepost compare}. */
@Command(
        name = "compare",
        description = {
            "Measures providers on real clusters of this machine, one after the other, and compares them.",
            "Then does the same harm to each of them, as 'fencepost scenario run' does.",
            "Writes bench.csv, chaos.csv, environment.json, every grant, the runs of the scenarios, and the comparison into a new"
                    + " folder, and prints the comparison. What the conformance kit found becomes part of it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured, and no lock had two holders but where a scenario expects it",
            "1:something could not be measured, the rest was; or a conformance rule failed; or the verdict of a scenario is unknown",
            "2:the command line is wrong; nothing was started",
            "3:a lock had two holders, or its fencing tokens were out of order, or the verdict of a scenario is invalid"
        })
final class CompareCommand implements Callable<Integer> {
    static final int VIOLATIONS = 3;

    private static final List<String> QUICK_SCENARIOS = List.of("S0", "S1", "S2", "S3", "S5", "S7");

    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "cassandra,redlock,zookeeper",
            converter = TargetConverter.class,
            description = "What to compare: ${DEFAULT-VALUE} by default.")
    private List<Target> providers = new ArrayList<>();

    @Option(
            names = "--profile",
            paramLabel = "<profile>",
            defaultValue = "quick",
            converter = ProfileConverter.class,
            description = "How much to measure: quick (about 25 minutes for all, the default) or full (about 55).")
    private Profile profile = Profile.QUICK;

    @Option(
            names = "--seed",
            paramLabel = "<number>",
            defaultValue = "1",
            description = "Of all that is random: what is killed and when. ${DEFAULT-VALUE} by default.")
    private long seed;

    @Option(
            names = "--scenarios",
            split = ",",
            paramLabel = "<scenario>",
            description =
                    "Which scenarios to run at the end, or none. By default S0,S1,S2,S3,S5,S7, and all with the profile full.")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-<profile> of the"
                            + " checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Option(
            names = "--conformance",
            paramLabel = "<file>",
            description =
                    "What the conformance kit found: tck/matrix/target/conformance.csv of the checkout by default,"
                            + " which ./mvnw verify -Ptck makes, and nothing if it is not there.")
    private @Nullable Path conformance;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Reads a provider's name. */
    static final class TargetConverter implements ITypeConverter<Target> {
        @Override
        public Target convert(String value) {
            try {
                return Target.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads a profile's name. */
    static final class ProfileConverter implements ITypeConverter<Profile> {
        @Override
        public Profile convert(String value) {
            return Stream.of(Profile.values())
                    .filter(profile -> profile.id().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + value + "' is no profile; there are "
                            + Stream.of(Profile.values()).map(Profile::id).collect(Collectors.joining(", "))));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<Target> targets = new LinkedHashSet<>(providers);
        Path root = Root.find();
        ConformanceResults results = conformance(root);
        List<Campaign.Task> harm = harm(List.copyOf(targets));
        Path folder = RunFolders.prepare(out, root, profile.id(), spec.commandLine());
        results.copyInto(folder);
        System.out.println(results.inALine());
        Comparison.Result result = run(List.copyOf(targets), root, folder);
        ComparisonReport.write(folder);
        Optional<Summary> harmed = harm.isEmpty() ? Optional.empty() : Optional.of(doHarm(harm, root, folder));
        ComparisonReport report = ComparisonReport.write(folder);
        return Math.max(
                tell(folder, result, report), harmed.map(CompareCommand::tell).orElse(ExitCode.OK));
    }

    private List<Campaign.Task> harm(List<Target> targets) {
        if (scenarios.equals(List.of("none"))) {
            return List.of();
        }
        try {
            List<Scenario> chosen = new ArrayList<>();
            if (scenarios.isEmpty() && profile == Profile.FULL) {
                chosen.addAll(Catalog.all(Overrides.NONE));
            }
            List<String> named = scenarios.isEmpty() && profile != Profile.FULL ? QUICK_SCENARIOS : scenarios;
            for (String wanted : new LinkedHashSet<>(named)) {
                chosen.add(Catalog.find(wanted, Overrides.NONE));
            }
            List<Variant> variants =
                    targets.stream().map(target -> Variant.of(target.id())).toList();
            List<Campaign.Task> tasks = new ArrayList<>(Campaign.tasks(chosen, variants, seed, 1));
            if (variants.contains(Variant.CASSANDRA)) {
                // clocks are what the other way to expire is there for
                List<Scenario> clocks = chosen.stream()
                        .filter(scenario -> scenario.needs().clocks())
                        .toList();
                tasks.addAll(Campaign.tasks(clocks, List.of(Variant.CASSANDRA_OBSERVED), seed, 1));
            }
            return tasks;
        } catch (ScenarioFormatException e) {
            throw new ParameterException(spec.commandLine(), "--scenarios: " + e.getMessage(), e);
        }
    }

    private Summary doHarm(List<Campaign.Task> harm, Path root, Path folder) throws IOException, InterruptedException {
        Path chaos = Files.createDirectory(folder.resolve("chaos"));
        EnvironmentFile environment =
                RunFolders.environment(chaos, root, seed, profile.id(), "part of fencepost compare");
        return new Campaign(harm, chaos, Versions.all(), environment, List.of(), Campaign.Keep.ALL, false, System.out)
                .run();
    }

    private static int tell(Summary harmed) {
        System.out.println();
        System.out.println(harmed.table());
        if (harmed.invalid() > 0) {
            return VIOLATIONS;
        }
        return harmed.unknown() > 0 ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private ConformanceResults conformance(Path root) {
        if (conformance == null) {
            return ConformanceResults.ofBuild(root);
        }
        try {
            return ConformanceResults.named(conformance);
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "--conformance: " + e.getMessage(), e);
        }
    }

    private Comparison.Result run(List<Target> targets, Path root, Path folder)
            throws IOException, InterruptedException {
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        EnvironmentFile environment = RunFolders.environment(
                folder,
                root,
                seed,
                profile.id(),
                "fencepost compare --providers "
                        + targets.stream().map(Target::id).collect(Collectors.joining(","))
                        + " --profile " + profile.id() + " --seed " + seed);
        Duration estimate = Comparison.estimate(targets.size(), profile);
        PrintStream console = System.out;
        // a terminal that understands escapes; a console alone says nothing since Java 22
        boolean live = Ansi.AUTO.enabled();
        try (Progress progress = new Progress(console, live, Comparison.steps(targets.size()), estimate)) {
            return new Comparison(targets, profile, seed, folder, run, environment, progress).run();
        }
    }

    private static int tell(Path folder, Comparison.Result result, ComparisonReport report) {
        PrintStream console = System.out;
        console.println();
        console.println(report.markdown());
        console.println("Written to " + folder);
        result.failures().forEach(failure -> console.println("FAILED: " + failure));
        report.problems().forEach(problem -> console.println("PROBLEM: " + problem));
        if (result.violations() > 0) {
            console.println("VIOLATION: " + result.violations()
                    + " grants broke exclusion or the order of tokens; they are in the grants files");
            return VIOLATIONS;
        }
        return result.failures().isEmpty() && report.complete() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}

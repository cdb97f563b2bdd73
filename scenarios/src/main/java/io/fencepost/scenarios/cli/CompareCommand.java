package io.fencepost.scenarios.cli;

import io.fencepost.jmh.Target;
import io.fencepost.report.ComparisonReport;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Comparison;
import io.fencepost.scenarios.run.Profile;
import io.fencepost.scenarios.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
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
            "Writes bench.csv, chaos.csv, environment.json, every grant, and the comparison into a new folder, and prints the"
                    + " comparison. What the conformance kit found becomes part of it."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured, and no lock had two holders",
            "1:something could not be measured, the rest was; or a conformance rule failed",
            "2:the command line is wrong; nothing was started",
            "3:a lock had two holders, or its fencing tokens were out of order"
        })
final class CompareCommand implements Callable<Integer> {
    static final int VIOLATIONS = 3;

    private static final DateTimeFormatter RUN_NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);

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
            description = "How much to measure: quick (about 9 minutes for all, the default) or full (about 40).")
    private Profile profile = Profile.QUICK;

    @Option(
            names = "--seed",
            paramLabel = "<number>",
            defaultValue = "1",
            description = "Of all that is random: what is killed and when. ${DEFAULT-VALUE} by default.")
    private long seed;

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
        Path folder = out == null
                ? root.resolve("results")
                        .resolve(LocalDateTime.now(ZoneId.systemDefault()).format(RUN_NAME) + "-" + profile.id())
                : out;
        ConformanceResults results = conformance(root);
        prepare(folder);
        results.copyInto(folder);
        System.out.println(results.inALine());
        Comparison.Result result = run(List.copyOf(targets), root, folder);
        ComparisonReport report = ComparisonReport.write(folder);
        return tell(folder, result, report);
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

    private void prepare(Path folder) throws IOException {
        Files.createDirectories(folder.toAbsolutePath().getParent());
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> content = Files.list(folder)) {
                    if (content.findAny().isPresent()) {
                        throw new ParameterException(
                                spec.commandLine(),
                                "--out: " + folder + " is not empty; a run needs a folder of its own");
                    }
                }
            } else {
                Files.createDirectory(folder);
            }
        } catch (NotDirectoryException e) {
            throw new ParameterException(spec.commandLine(), "--out: " + folder + " is not a folder", e);
        }
    }

    private Comparison.Result run(List<Target> targets, Path root, Path folder)
            throws IOException, InterruptedException {
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        EnvironmentFile environment = new EnvironmentFile(
                folder.resolve("environment.json"),
                run,
                Instant.now(),
                seed,
                profile.id(),
                "fencepost compare --providers "
                        + targets.stream().map(Target::id).collect(Collectors.joining(","))
                        + " --profile " + profile.id() + " --seed " + seed,
                Versions.all(),
                root);
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

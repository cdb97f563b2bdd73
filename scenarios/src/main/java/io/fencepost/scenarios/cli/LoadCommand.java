package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.load.Contention;
import io.fencepost.scenarios.load.LoadOptions;
import io.fencepost.scenarios.load.LoadRun;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import io.fencepost.scenarios.worker.Arrivals;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
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

/** {@code fencepost load}. */
@Command(
        name = "load",
        description = {
            "Drives providers at a fixed rate and tells the latency from the planned start of each operation: what begins late"
                    + " because those before it take long is not left out.",
            "With --ladder the rate rises until the provider is saturated. Writes load.csv or ladder.csv, load.html,"
                    + " the histograms of every worker (.hlog), every grant and environment.json into a new folder."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured, and no lock had two holders",
            "1:something could not be measured; the rest was",
            "2:the command line is wrong; nothing was started",
            "3:a lock had two holders, or its fencing tokens were out of order"
        })
final class LoadCommand implements Callable<Integer> {
    private static final double MOST_RATE = 1e6;
    private static final int MOST_WORKERS = 32;
    private static final int MOST_THREADS = 4_096;

    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "cassandra,redlock,zookeeper",
            converter = SubjectConverter.class,
            description =
                    "What to drive: ${DEFAULT-VALUE} by default; also zookeeper-fair, and memory, which one process drives.")
    private List<Subject> providers = new ArrayList<>();

    @Option(
            names = "--contention",
            split = ",",
            paramLabel = "<level>",
            defaultValue = "low,medium,high",
            converter = ContentionConverter.class,
            description = "How many locks: low is 1000, medium 8, high 1. ${DEFAULT-VALUE} by default.")
    private List<Contention> levels = new ArrayList<>();

    @Option(names = "--ladder", description = "Let the rate rise until saturation, then try once below it.")
    private boolean ladder;

    @Option(
            names = "--rate",
            paramLabel = "<number>",
            description = "Operations a second, or the first rate of every ladder. By default a moderate one for"
                    + " each provider and level, and a quarter of that for a ladder.")
    private @Nullable Double rate;

    @Option(
            names = "--factor",
            paramLabel = "<number>",
            defaultValue = "1.5",
            description = "From one rate of a ladder to the next, above 1 and at most 10. ${DEFAULT-VALUE} by default.")
    private double factor;

    @Option(
            names = "--steps",
            paramLabel = "<number>",
            defaultValue = "14",
            description = "The most rates of one ladder, 1 to 50. ${DEFAULT-VALUE} by default.")
    private int steps;

    @Option(
            names = "--seconds",
            paramLabel = "<number>",
            description = "Length of one plan, 1 to 3600. 10 by default, and 5 for each rate of a ladder.")
    private @Nullable Integer seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "<seconds>",
            defaultValue = "5",
            description = "At the first rate of each level, not counted, 0 to 600. ${DEFAULT-VALUE} by default.")
    private int warmUp;

    @Option(
            names = "--workers",
            paramLabel = "<number>",
            defaultValue = "2",
            description = "Processes, with one client each, 1 to 32. ${DEFAULT-VALUE} by default.")
    private int workers;

    @Option(
            names = "--threads",
            paramLabel = "<number>",
            defaultValue = "64",
            description = "Of each process: as many operations can be under way at a time there, 1 to 4096."
                    + " ${DEFAULT-VALUE} by default.")
    private int threads;

    @Option(
            names = "--hold",
            paramLabel = "<ms>",
            defaultValue = "0",
            description = "From the grant to the release, 0 to 60000. ${DEFAULT-VALUE} by default.")
    private double hold;

    @Option(
            names = "--wait",
            paramLabel = "<ms>",
            defaultValue = "2000",
            description = "How long one call waits for its lock, 0 to 600000. ${DEFAULT-VALUE} by default.")
    private int wait;

    @Option(
            names = "--ttl",
            paramLabel = "<ms>",
            defaultValue = "10000",
            description = "Of the leases, 100 to 3600000. ${DEFAULT-VALUE} by default.")
    private int ttl;

    @Option(
            names = "--p99-bound",
            paramLabel = "<ms>",
            defaultValue = "500",
            description = "Above this p99 a provider counts as saturated, 1 to 600000. ${DEFAULT-VALUE} by default.")
    private int p99Bound;

    @Option(
            names = "--arrivals",
            paramLabel = "<kind>",
            defaultValue = "poisson",
            converter = ArrivalsConverter.class,
            description =
                    "constant: at equal distances. poisson: independent of each other. ${DEFAULT-VALUE} by default.")
    private Arrivals arrivals = Arrivals.POISSON;

    @Option(
            names = "--seed",
            paramLabel = "<number>",
            defaultValue = "1",
            description = "Of plans and of what lock is drawn; not of the timing. ${DEFAULT-VALUE} by default.")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-load or -ladder"
                            + " of the checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** Reads a provider's name. */
    static final class SubjectConverter implements ITypeConverter<Subject> {
        @Override
        public Subject convert(String value) {
            try {
                return Subject.of(value, Subject.all());
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads a level's name. */
    static final class ContentionConverter implements ITypeConverter<Contention> {
        @Override
        public Contention convert(String value) {
            try {
                return Contention.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** Reads the name of a kind of arrivals. */
    static final class ArrivalsConverter implements ITypeConverter<Arrivals> {
        @Override
        public Arrivals convert(String value) {
            return Stream.of(Arrivals.values())
                    .filter(kind -> kind.id().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + value
                            + "' is no kind of arrivals; allowed are "
                            + Stream.of(Arrivals.values()).map(Arrivals::id).collect(Collectors.joining(", "))));
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        LoadOptions options = options();
        Path root = Root.find();
        String kind = ladder ? "ladder" : "load";
        Path folder = RunFolders.prepare(out, root, kind, spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, seed, kind, command(options));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        // a terminal that understands escapes; a console alone says nothing since Java 22
        boolean live = Ansi.AUTO.enabled();
        PrintStream console = System.out;
        LoadRun.Result result;
        try (Progress progress = new Progress(console, live, options.steps(), options.estimate())) {
            result = new LoadRun(options, folder, run, environment, progress).run();
        }
        console.println("Written to " + folder);
        result.failures().forEach(failure -> console.println("FAILED: " + failure));
        if (result.violations() > 0) {
            console.println("VIOLATION: " + result.violations()
                    + " grants broke exclusion or the order of tokens; they are in the grants files");
            return CompareCommand.VIOLATIONS;
        }
        return result.failures().isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private LoadOptions options() {
        if (rate != null) {
            require("--rate", rate, 0.1, MOST_RATE);
        }
        require("--factor", factor, 1.01, 10);
        require("--steps", steps, 1, 50);
        int length = seconds == null ? ladder ? 5 : 10 : seconds;
        require("--seconds", length, 1, 3_600);
        require("--warm-up", warmUp, 0, 600);
        require("--workers", workers, 1, MOST_WORKERS);
        require("--threads", threads, 1, MOST_THREADS);
        require("--hold", hold, 0, 60_000);
        require("--wait", wait, 0, 600_000);
        require("--ttl", ttl, 100, 3_600_000);
        require("--p99-bound", p99Bound, 1, 600_000);
        return new LoadOptions(
                List.copyOf(new LinkedHashSet<>(providers)),
                List.copyOf(new LinkedHashSet<>(levels)),
                ladder,
                rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                factor,
                steps,
                Duration.ofSeconds(length),
                Duration.ofSeconds(warmUp),
                workers,
                threads,
                Duration.ofNanos((long) (hold * 1e6)),
                Duration.ofMillis(wait),
                Duration.ofMillis(ttl),
                Duration.ofMillis(p99Bound),
                arrivals,
                seed);
    }

    private void require(String option, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " is " + number(value) + "; allowed is " + number(least) + " to " + number(most));
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private String command(LoadOptions options) {
        return "fencepost load" + (ladder ? " --ladder" : "") + " --providers "
                + options.subjects().stream().map(Subject::id).collect(Collectors.joining(","))
                + " --contention "
                + options.levels().stream().map(Contention::id).collect(Collectors.joining(","))
                + (rate == null ? "" : " --rate " + number(rate))
                + (ladder ? " --factor " + number(factor) + " --steps " + steps : "")
                + " --seconds " + options.length().toSeconds() + " --warm-up " + warmUp + " --workers " + workers
                + " --threads " + threads + " --hold " + number(hold) + " --wait " + wait + " --ttl " + ttl
                + " --p99-bound " + p99Bound + " --arrivals " + arrivals.id() + " --seed " + seed;
    }
}

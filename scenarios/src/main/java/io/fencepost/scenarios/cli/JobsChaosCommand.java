package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.jobs.ChaosOptions;
import io.fencepost.scenarios.jobs.ChaosRun;
import io.fencepost.scenarios.jobs.ChaosScenario;
import io.fencepost.scenarios.jobs.FiguresRun;
import io.fencepost.scenarios.jobs.StoreKind;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code fencepost jobs chaos}. */
@Command(
        name = "chaos",
        description = {
            "Stops, kills and cuts off workers and lock servers under a stream of jobs, and judges by the histories: every"
                    + " acknowledged job ends in exactly one accepted completion.",
            "Writes jobs-chaos.csv, jobs-chaos.md and environment.json into a new folder."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it holds in all scenarios that can be run on this machine",
            "1:a fault could not be made or proved, or something could not be started; the rest holds",
            "2:the command line is wrong; nothing was started",
            "3:a job was lost or completed twice, or a stale write was accepted"
        })
final class JobsChaosCommand implements Callable<Integer> {
    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "redlock,zookeeper,cassandra",
            converter = JobsCommand.ProviderConverter.class,
            description = "Whose locks. ${DEFAULT-VALUE} by default.")
    private List<Subject> providers = new ArrayList<>();

    @Option(
            names = "--scenarios",
            split = ",",
            paramLabel = "<scenario>",
            defaultValue = "S1,S2,S3,S5",
            converter = ScenarioConverter.class,
            description =
                    "S1: a worker is stopped beyond its lease; S2: killed; S3: a lock server is killed; S5: the network falls"
                            + " apart, NOT RUN where servers cannot have networks of their own. ${DEFAULT-VALUE} by default.")
    private List<ChaosScenario> scenarios = new ArrayList<>();

    @Option(
            names = "--store",
            paramLabel = "<store>",
            defaultValue = "sqlite",
            converter = JobsCommand.StoreConverter.class,
            description = "sqlite or cassandra. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private StoreKind store;

    @Option(
            names = "--faults",
            paramLabel = "<number>",
            defaultValue = "3",
            description = "How often the fault of a scenario comes, 1 to 100. ${DEFAULT-VALUE} by default.")
    private int faults;

    @Option(
            names = "--rate",
            paramLabel = "<number>",
            defaultValue = "10",
            description = "Jobs a second that are submitted meanwhile, 1 to 20. ${DEFAULT-VALUE} by default.")
    private int rate;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-jobs-chaos of the"
                            + " checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        JobsCommand.require(spec.commandLine(), "--faults", faults, 1, 100);
        JobsCommand.require(spec.commandLine(), "--rate", rate, 1, 20);
        ChaosOptions options = new ChaosOptions(
                List.copyOf(new LinkedHashSet<>(providers)),
                List.copyOf(new LinkedHashSet<>(scenarios)),
                store,
                faults,
                rate);
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "jobs-chaos", spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, 0, "jobs chaos", command(options));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        PrintStream console = System.out;
        FiguresRun.Result result;
        try (Progress progress = new Progress(console, Ansi.AUTO.enabled(), options.steps(), options.estimate())) {
            result = new ChaosRun(options, folder, run, environment, progress).run();
        }
        console.println("Written to " + folder);
        return JobsCommand.outcome(console, result.failures(), result.violations());
    }

    private static String command(ChaosOptions options) {
        return "fencepost jobs chaos --providers "
                + options.providers().stream().map(Subject::id).collect(Collectors.joining(","))
                + " --scenarios " + options.scenarios().stream().map(Enum::name).collect(Collectors.joining(","))
                + " --store " + options.store().id() + " --faults " + options.faults() + " --rate " + options.rate();
    }

    /** By name. */
    static final class ScenarioConverter implements ITypeConverter<ChaosScenario> {
        @Override
        public ChaosScenario convert(String value) {
            try {
                return ChaosScenario.of(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

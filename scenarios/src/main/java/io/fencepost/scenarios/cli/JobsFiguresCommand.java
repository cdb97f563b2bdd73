package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.jobs.FiguresOptions;
import io.fencepost.scenarios.jobs.FiguresRun;
import io.fencepost.scenarios.jobs.StoreKind;
import io.fencepost.scenarios.load.Subject;
import io.fencepost.scenarios.output.EnvironmentFile;
import io.fencepost.scenarios.run.Progress;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fencepost jobs figures}. */
@Command(
        name = "figures",
        description = {
            "How many jobs a second the scheduler does, and how long they wait, for each provider and store.",
            "Writes figures.csv, jobs.csv, jobs.md and environment.json into a new folder."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured or is NOT RUN for a reason that is told, and every job has exactly one accepted completion",
            "1:something could not be carried out, or was not done in time; the rest was",
            "2:the command line is wrong; nothing was started",
            "3:a job was lost or completed twice, or a stale write was accepted"
        })
final class JobsFiguresCommand implements Callable<Integer> {
    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "redlock,zookeeper,cassandra",
            converter = JobsCommand.ProviderConverter.class,
            description = "Whose locks. ${DEFAULT-VALUE} by default.")
    private List<Subject> providers = new ArrayList<>();

    @Option(
            names = "--stores",
            split = ",",
            paramLabel = "<store>",
            defaultValue = "sqlite,cassandra",
            converter = JobsCommand.StoreConverter.class,
            description = "Where the jobs are kept. ${DEFAULT-VALUE} by default.")
    private List<StoreKind> stores = new ArrayList<>();

    @Option(
            names = "--counts",
            split = ",",
            paramLabel = "<number>",
            defaultValue = "1000,100000",
            description = "How many jobs, 1 to 1000000 each. ${DEFAULT-VALUE} by default.")
    private List<Integer> counts = new ArrayList<>();

    @Option(
            names = "--bytes",
            split = ",",
            paramLabel = "<number>",
            defaultValue = "4,640",
            description = "Of their payload, 0 to 1048576 each. ${DEFAULT-VALUE} by default.")
    private List<Integer> bytes = new ArrayList<>();

    @Option(
            names = "--workers",
            paramLabel = "<number>",
            defaultValue = "2",
            description = "How many processes, 1 to 16. ${DEFAULT-VALUE} by default.")
    private int workers;

    @Option(
            names = "--slots",
            paramLabel = "<number>",
            defaultValue = "8",
            description = "How many jobs each runs at once, 1 to 1000. ${DEFAULT-VALUE} by default.")
    private int slots;

    @Option(
            names = "--limit",
            paramLabel = "<seconds>",
            defaultValue = "120",
            description = "What would take longer by the rate of the count before it is NOT RUN, 1 to 86400."
                    + " ${DEFAULT-VALUE} by default.")
    private int limit;

    @Option(names = "--full", description = "Runs that too.")
    private boolean full;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-jobs-figures of the"
                            + " checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        counts.forEach(count -> JobsCommand.require(spec.commandLine(), "--counts", count, 1, 1_000_000));
        bytes.forEach(size -> JobsCommand.require(spec.commandLine(), "--bytes", size, 0, 1 << 20));
        JobsCommand.require(spec.commandLine(), "--workers", workers, 1, 16);
        JobsCommand.require(spec.commandLine(), "--slots", slots, 1, 1_000);
        JobsCommand.require(spec.commandLine(), "--limit", limit, 1, 86_400);
        FiguresOptions options = new FiguresOptions(
                List.copyOf(new LinkedHashSet<>(providers)),
                List.copyOf(new LinkedHashSet<>(stores)),
                List.copyOf(new LinkedHashSet<>(counts)),
                List.copyOf(new LinkedHashSet<>(bytes)),
                workers,
                slots,
                Duration.ofSeconds(limit),
                full);
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "jobs-figures", spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, 0, "jobs figures", command(options));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        PrintStream console = System.out;
        FiguresRun.Result result;
        try (Progress progress = new Progress(console, Ansi.AUTO.enabled(), options.steps(), options.estimate())) {
            result = new FiguresRun(options, folder, run, environment, progress).run();
        }
        console.println("Written to " + folder);
        return JobsCommand.outcome(console, result.failures(), result.violations());
    }

    private String command(FiguresOptions options) {
        return "fencepost jobs figures --providers "
                + options.providers().stream().map(Subject::id).collect(Collectors.joining(","))
                + " --stores " + options.stores().stream().map(StoreKind::id).collect(Collectors.joining(","))
                + " --counts " + joined(options.counts()) + " --bytes " + joined(options.bytes())
                + " --workers " + workers + " --slots " + slots + " --limit " + limit + (full ? " --full" : "");
    }

    private static String joined(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}

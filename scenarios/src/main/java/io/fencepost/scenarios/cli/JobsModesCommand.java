package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.jobs.FiguresRun;
import io.fencepost.scenarios.jobs.ModesOptions;
import io.fencepost.scenarios.jobs.ModesRun;
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

/** {@code fencepost jobs modes}. */
@Command(
        name = "modes",
        description = {
            "Compares workers that all look for due jobs with those whose elected leader gives them out: latency, rate, and the"
                    + " gap after SIGKILL.",
            "Writes figures.csv, jobs-modes.csv, jobs-modes.md and environment.json into a new folder."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured, and every job has exactly one accepted completion",
            "1:something could not be carried out; the rest was",
            "2:the command line is wrong; nothing was started",
            "3:a job was lost or completed twice, or a stale write was accepted"
        })
final class JobsModesCommand implements Callable<Integer> {
    @Option(
            names = "--provider",
            paramLabel = "<provider>",
            defaultValue = "redlock",
            converter = JobsCommand.ProviderConverter.class,
            description = "Whose locks: redlock, zookeeper or cassandra. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private Subject provider;

    @Option(
            names = "--store",
            paramLabel = "<store>",
            defaultValue = "sqlite",
            converter = JobsCommand.StoreConverter.class,
            description = "sqlite or cassandra. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private StoreKind store;

    @Option(
            names = "--workers",
            split = ",",
            paramLabel = "<number>",
            defaultValue = "1,2,4",
            description = "How many processes, 1 to 16 each. ${DEFAULT-VALUE} by default.")
    private List<Integer> workers = new ArrayList<>();

    @Option(
            names = "--rate",
            paramLabel = "<number>",
            defaultValue = "50",
            description = "Jobs that are due a second, 1 to 1000. ${DEFAULT-VALUE} by default.")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "<seconds>",
            defaultValue = "10",
            description = "For how long latencies are measured, 1 to 3600. ${DEFAULT-VALUE} by default.")
    private int seconds;

    @Option(
            names = "--backlog",
            paramLabel = "<number>",
            defaultValue = "1000",
            description = "How many jobs are submitted at once, 1 to 100000. ${DEFAULT-VALUE} by default.")
    private int backlog;

    @Option(
            names = "--ttl",
            paramLabel = "<seconds>",
            defaultValue = "3",
            description = "Of the leases, 1 to 5. ${DEFAULT-VALUE} by default.")
    private int ttl;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-jobs-modes of the"
                            + " checkout by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        workers.forEach(count -> JobsCommand.require(spec.commandLine(), "--workers", count, 1, 16));
        JobsCommand.require(spec.commandLine(), "--rate", rate, 1, 1_000);
        JobsCommand.require(spec.commandLine(), "--seconds", seconds, 1, 3_600);
        JobsCommand.require(spec.commandLine(), "--backlog", backlog, 1, 100_000);
        JobsCommand.require(spec.commandLine(), "--ttl", ttl, 1, 5);
        ModesOptions options = new ModesOptions(
                provider,
                store,
                List.copyOf(new LinkedHashSet<>(workers)),
                rate,
                Duration.ofSeconds(seconds),
                backlog,
                Duration.ofSeconds(ttl));
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "jobs-modes", spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, 0, "jobs modes", command(options));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        PrintStream console = System.out;
        FiguresRun.Result result;
        try (Progress progress = new Progress(console, Ansi.AUTO.enabled(), options.steps(), options.estimate())) {
            result = new ModesRun(options, folder, run, environment, progress).run();
        }
        console.println("Written to " + folder);
        return JobsCommand.outcome(console, result.failures(), result.violations());
    }

    private String command(ModesOptions options) {
        return "fencepost jobs modes --provider " + provider.id() + " --store " + store.id() + " --workers "
                + options.workers().stream().map(String::valueOf).collect(Collectors.joining(",")) + " --rate " + rate
                + " --seconds " + seconds + " --backlog " + backlog + " --ttl " + ttl;
    }
}

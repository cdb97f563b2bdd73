package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.leases.LeasesOptions;
import io.fencepost.scenarios.leases.LeasesRun;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fencepost leases}. */
@Command(
        name = "leases",
        description = {
            "Lets one client hold many locks at a time, renewed automatically, and tells what that costs: renewals a second and"
                    + " how they are spread, CPU of client and servers, heap. None may be lost.",
            "Writes leases.csv and environment.json into a new folder."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything was measured or is NOT RUN for a reason that is told, and no lease was lost",
            "1:a lease was lost, or something could not be carried out; the rest was",
            "2:the command line is wrong; nothing was started"
        })
final class LeasesCommand implements Callable<Integer> {
    private static final int MOST_LEASES = 1_000_000;

    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "<provider>",
            defaultValue = "memory,zookeeper,redlock,cassandra",
            converter = LoadCommand.SubjectConverter.class,
            description =
                    "Whose leases: ${DEFAULT-VALUE} by default; also zookeeper-fair. memory shows what the client alone costs.")
    private List<Subject> providers = new ArrayList<>();

    @Option(
            names = "--counts",
            split = ",",
            paramLabel = "<number>",
            defaultValue = "1000,10000,100000",
            description = "How many leases, 1 to 1000000 each. ${DEFAULT-VALUE} by default.")
    private List<Integer> counts = new ArrayList<>();

    @Option(
            names = "--ttl",
            paramLabel = "<seconds>",
            description =
                    "Of the leases, 1 to 86400. By default as short as the measured rate of the backend allows, 15 at least;"
                            + " it is printed. What cannot be kept with it is NOT RUN, with the reason.")
    private @Nullable Integer ttl;

    @Option(
            names = "--in-flight",
            paramLabel = "<number>",
            defaultValue = "64",
            description = "How many calls are under way at a time while leases are acquired and released, 1 to 10000."
                    + " ${DEFAULT-VALUE} by default.")
    private int inFlight;

    @Option(
            names = "--acquire-limit",
            paramLabel = "<seconds>",
            defaultValue = "180",
            description = "How long it may take to acquire them, 1 to 86400. ${DEFAULT-VALUE} by default.")
    private int acquireLimit;

    @Option(
            names = "--keep-limit",
            paramLabel = "<seconds>",
            defaultValue = "120",
            description =
                    "They are kept for three renewals of each, but no longer than this, 5 to 86400. What is not renewed within"
                            + " it is NOT RUN."
                            + " ${DEFAULT-VALUE} by default.")
    private int keepLimit;

    @Option(
            names = "--out",
            paramLabel = "<folder>",
            description =
                    "Where to write: a folder that does not exist or is empty. results/<date>-<time>-leases of the checkout"
                            + " by default. Its last part is the name of the run.")
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LeasesOptions options = options();
        Path root = Root.find();
        Path folder = RunFolders.prepare(out, root, "leases", spec.commandLine());
        EnvironmentFile environment = RunFolders.environment(folder, root, 0, "leases", command(options));
        String run = folder.toAbsolutePath().normalize().getFileName().toString();
        // a terminal that understands escapes; a console alone says nothing since Java 22
        boolean live = Ansi.AUTO.enabled();
        PrintStream console = System.out;
        LeasesRun.Result result;
        try (Progress progress = new Progress(console, live, options.steps(), options.estimate())) {
            result = new LeasesRun(options, folder, run, environment, progress).run();
        }
        console.println("Written to " + folder);
        result.failures().forEach(failure -> console.println("FAILED: " + failure));
        if (result.lost() > 0) {
            console.println("LOST: " + result.lost() + " leases, though their client was alive");
        }
        return result.failures().isEmpty() && result.lost() == 0 ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private LeasesOptions options() {
        counts.forEach(count -> require("--counts", count, 1, MOST_LEASES));
        if (ttl != null) {
            require("--ttl", ttl, 1, 86_400);
        }
        require("--in-flight", inFlight, 1, 10_000);
        require("--acquire-limit", acquireLimit, 1, 86_400);
        require("--keep-limit", keepLimit, 5, 86_400);
        return new LeasesOptions(
                List.copyOf(new LinkedHashSet<>(providers)),
                List.copyOf(new LinkedHashSet<>(counts)),
                Optional.ofNullable(ttl).map(Duration::ofSeconds),
                inFlight,
                Duration.ofSeconds(acquireLimit),
                Duration.ofSeconds(keepLimit));
    }

    private void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + "; allowed is " + least + " to " + most);
        }
    }

    private String command(LeasesOptions options) {
        return "fencepost leases --providers "
                + options.subjects().stream().map(Subject::id).collect(Collectors.joining(","))
                + " --counts " + options.counts().stream().map(String::valueOf).collect(Collectors.joining(","))
                + (ttl == null ? "" : " --ttl " + ttl) + " --in-flight " + inFlight + " --acquire-limit " + acquireLimit
                + " --keep-limit " + keepLimit;
    }
}

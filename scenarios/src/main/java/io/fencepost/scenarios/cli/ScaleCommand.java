package io.fencepost.scenarios.cli;

import io.fencepost.jmh.Target;
import io.fencepost.scenarios.scale.Study;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fencepost scale}. */
@Command(
        name = "scale",
        description =
                "Tells by a model, fitted to and checked against measurements of this machine, how rounds and waits grow with clients, locks and the"
                        + " time of a network trip, and where each backend breaks. About 6 minutes.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ScaleCommand implements Callable<Integer> {
    private static final int MOST_SECONDS = 60;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--providers",
            split = ",",
            paramLabel = "PROVIDER",
            description = "What to study: cassandra, redlock, zookeeper. Default: all three.")
    private List<String> providers = List.of("cassandra", "redlock", "zookeeper");

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "How long each of the seven measured points is measured, 1 to 60. Default: ${DEFAULT-VALUE}.")
    private int seconds = 5;

    @Option(names = "--seed", paramLabel = "N", description = "Of the model. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "An empty folder, or one that is not there yet. Default: results/<date>-<time>-scale.")
    private @Nullable Path out;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Target> targets = new ArrayList<>();
        for (String provider : providers) {
            try {
                targets.add(Target.of(provider));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--providers: " + e.getMessage(), e);
            }
        }
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds: " + seconds + " is not allowed; allowed are 1 to " + MOST_SECONDS);
        }
        Path root = Path.of(System.getProperty("fencepost.root", ".")).toAbsolutePath();
        Path folder = RunFolders.prepare(out, root, "scale", spec.commandLine());
        RunFolders.environment(folder, root, seed, "scale", command()).write();
        new Study(System.out, Duration.ofSeconds(seconds), seed).run(targets, folder);
        System.out.println();
        System.out.println(Files.readString(folder.resolve("scale.md")));
        System.out.println("Written to " + folder);
        return ExitCode.OK;
    }

    private String command() {
        return "fencepost scale --providers " + String.join(",", providers) + " --seconds " + seconds + " --seed "
                + seed;
    }
}

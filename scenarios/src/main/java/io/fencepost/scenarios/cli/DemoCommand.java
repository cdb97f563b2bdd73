package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.demo.Demo;
import io.fencepost.scenarios.demo.DemoOptions;
import io.fencepost.scenarios.demo.DemoProvider;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
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

/** {@code fencepost demo}. */
@Command(
        name = "demo",
        description = {
            "Shows what the job scheduler does when a worker is killed, and when one is stopped for longer than its lease and then goes"
                    + " on: lease, token, takeover, and the late write that the store refuses. Under two minutes.",
            "Starts lock servers, an API with a page, and workers on this machine, and ends and removes all of it. Needs nothing but"
                    + " the build: ./mvnw -B -Pcompare -DskipTests package."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Versions.class,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every step was seen",
            "1:a step was not seen, and it is told which",
            "2:the command line is wrong; nothing was started",
            "130:it was ended by Ctrl-C; so it always is with --keep"
        })
final class DemoCommand implements Callable<Integer> {
    private static final int MOST_PORT = 65_535;

    @Option(
            names = "--provider",
            paramLabel = "<provider>",
            defaultValue = "redlock",
            converter = ProviderConverter.class,
            description =
                    "Whose locks: redlock, zookeeper or cassandra, which takes the longest to start. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private DemoProvider provider;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            defaultValue = "0",
            description = "Of API and page, 0 to 65535; 0, the default, is any that is free, and is printed.")
    private int port;

    @Option(
            names = "--store",
            paramLabel = "<uri>",
            description =
                    "A store to use, sqlite:<file> or cassandra://..., whose jobs stay there. By default a file that is deleted"
                            + " at the end.")
    private @Nullable String store;

    @Option(names = "--keep", description = "Leaves workers, API and page running at the end, until Ctrl-C.")
    private boolean keep;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (port < 0 || port > MOST_PORT) {
            throw new ParameterException(spec.commandLine(), "--port is " + port + "; allowed is 0 to " + MOST_PORT);
        }
        if (store != null && !store.startsWith("sqlite:") && !store.startsWith("cassandra:")) {
            throw new ParameterException(
                    spec.commandLine(), "--store is '" + store + "'; allowed are sqlite:<file> and cassandra://...");
        }
        DemoOptions options = new DemoOptions(provider, port, Optional.ofNullable(store), keep);
        // a terminal that understands escapes; a console alone says nothing since Java 22
        return new Demo(options, System.out, Ansi.AUTO.enabled()).run() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    /** By name. */
    static final class ProviderConverter implements ITypeConverter<DemoProvider> {
        @Override
        public DemoProvider convert(String text) {
            try {
                return DemoProvider.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}

package io.fencepost.scheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scheduler.api.ApiOptions;
import io.fencepost.scheduler.api.ApiServer;
import io.fencepost.scheduler.store.JobStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the API can be told, the same for all commands that serve it. */
final class ServerOptions {
    /** Where the token is found when no file is named. */
    private static final String TOKEN = "FENCEPOST_API_TOKEN";

    private static final int LEAST_BODY = 1 << 10;
    private static final int MOST_BODY = 64 << 20;
    private static final int MOST_RATE = 1_000_000;

    @Option(
            names = "--host",
            paramLabel = "<host>",
            defaultValue = "127.0.0.1",
            description = "Name or address to listen on. ${DEFAULT-VALUE} by default.")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "<port>",
            defaultValue = "8080",
            description = "0 to 65535; 0 is any that is free, and is logged. ${DEFAULT-VALUE} by default.")
    private int port;

    @Option(
            names = "--token-file",
            paramLabel = "<file>",
            description =
                    "Its first line is what clients must send as bearer token, 16 characters or more. Without it the environment"
                            + " variable FENCEPOST_API_TOKEN; without that anybody who reaches the port may do everything.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--allow-anonymous",
            description = "Listens beyond this host without a token too. Not allowed by default.")
    private boolean allowAnonymous;

    @Option(
            names = "--host-name",
            paramLabel = "<name>",
            split = ",",
            description = {
                "Another name, without a port, by which clients may ask for this server while there is no token; several with commas between them. Others than"
                        + " these, localhost, the name of --host and addresses are refused, so that no web page makes a browser come here by a"
                        + " name of its own. None by default."
            })
    private Set<String> hostNames = Set.of();

    @Option(
            names = "--max-body",
            paramLabel = "<bytes>",
            defaultValue = "2097152",
            description = "The longest body of a request, 1024 to 67108864. ${DEFAULT-VALUE} by default.")
    private int maxBody;

    @Option(
            names = "--rate",
            paramLabel = "<number>",
            defaultValue = "200",
            description =
                    "Requests a second of one client address, 1 to 1000000; more are refused. ${DEFAULT-VALUE} by default.")
    private int rate;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** @throws ParameterException if a value is not allowed; so that nothing is opened before */
    ApiOptions check() {
        Ranges.require(spec, "--port", port, 0, Ranges.MOST_PORT);
        Ranges.require(spec, "--max-body", maxBody, LEAST_BODY, MOST_BODY);
        Ranges.require(spec, "--rate", rate, 1, MOST_RATE);
        Optional<String> token = token();
        try {
            ApiOptions options = ApiOptions.DEFAULT
                    .withHost(host)
                    .withPort(port)
                    .withAnonymous(allowAnonymous)
                    .withHostNames(hostNames)
                    .withMaxBodyBytes(maxBody)
                    .withRequestsPerSecond(rate);
            return token.map(options::withToken).orElse(options);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** @throws ParameterException if it may not be served so */
    ApiServer start(ApiOptions options, JobStore store, Supplier<String> metrics) {
        try {
            return ApiServer.start(options, store, metrics);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), e.getMessage() + " (options --host, --token-file, --allow-anonymous)", e);
        }
    }

    /** Where people find it. */
    String url(ApiServer server) {
        String shown = host.equals("0.0.0.0") || host.equals("::") ? "localhost" : host;
        return "http://" + (shown.contains(":") ? "[" + shown + "]" : shown) + ":" + server.port() + "/";
    }

    private Optional<String> token() {
        if (tokenFile == null) {
            return Optional.ofNullable(System.getenv(TOKEN)).filter(text -> !text.isBlank());
        }
        try (var lines = Files.lines(tokenFile, UTF_8)) {
            return Optional.of(lines.findFirst().map(String::strip).orElse(""));
        } catch (IOException | java.io.UncheckedIOException e) {
            throw new ParameterException(spec.commandLine(), "--token-file: " + tokenFile + " cannot be read", e);
        }
    }
}

package io.fencepost.tck.docker;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;

/** Whether containers can and shall be used here. Thread-safe. */
public final class DockerEngine {
    /** The system property that asks for containers; anything but {@code false} does. */
    public static final String PROPERTY = "docker";

    /** Testcontainers tries several ways to reach an engine, and starts a container that removes the others. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1");
    private static final int REASON_LENGTH = 300;

    private DockerEngine() {}

    /** The answer of this JVM: an engine that came later is not looked for again. */
    private static final class Found {
        private static final Optional<String> DEFECT =
                unavailable(System.getProperty(PROPERTY), DockerEngine::defect, PATIENCE);
    }

    /**
     * Why containers are not used, if they are not. Returns at once without {@code -Ddocker}; with it, the first call blocks
     * until an engine has answered or all ways to one have failed, a minute at most.
     *
     * @return empty if an engine on this machine answers and {@code -Ddocker} was given
     */
    public static Optional<String> unavailable() {
        return Found.DEFECT;
    }

    /**
     * @param asked the value of the property
     * @param defect looks for an engine; empty if there is one
     */
    static Optional<String> unavailable(@Nullable String asked, Supplier<Optional<String>> defect, Duration limit) {
        if (asked == null || asked.equals("false")) {
            return Optional.of("containers are used only if asked for, with -D" + PROPERTY);
        }
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        Thread probe = new Thread(
                () -> {
                    try {
                        answer.complete(defect.get());
                    } catch (RuntimeException | LinkageError e) {
                        answer.complete(
                                Optional.of("no Docker engine answers: " + oneLine(String.valueOf(e.getMessage()))));
                    }
                },
                "fencepost-docker-probe");
        probe.setDaemon(true);
        probe.start();
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Optional.of("no Docker engine answers within " + limit);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while looking for a Docker engine", e);
        }
    }

    private static Optional<String> defect() {
        DockerClientFactory factory = DockerClientFactory.instance();
        factory.client().pingCmd().exec();
        String host = factory.dockerHostIpAddress();
        return THIS_MACHINE.contains(host)
                ? Optional.empty()
                // what Testcontainers believes inside of a container, too
                : Optional.of("the Docker engine is reached at " + host
                        + ", and the servers' ports are published on its loopback; TESTCONTAINERS_HOST_OVERRIDE=localhost"
                        + " says that this is ours");
    }

    private static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= REASON_LENGTH ? line : line.substring(0, REASON_LENGTH) + "…";
    }
}

package io.fencepost.tck.docker;

import com.github.dockerjava.api.exception.DockerException;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Durability;
import io.fencepost.infra.PerformanceProfile;
import io.fencepost.tck.ProviderFixture;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.ContainerLaunchException;

/**
 * Starts clusters of containers, from the official images of the servers.
 *
 * <p>The images are those of {@link ServerImage}; the system property {@code fencepost.docker.cassandra}, {@code .redis} or
 * {@code .zookeeper} names another. They are pulled if the engine does not have them. Testcontainers removes the containers when
 * they are closed or when this JVM ends, however it ends, unless {@code TESTCONTAINERS_RYUK_DISABLED=true} says that the JVM has
 * to see to it itself.
 */
public final class DockerClusters {
    private static final Logger LOG = LoggerFactory.getLogger(DockerClusters.class);
    private static final Path FOLDER = Path.of("target", "docker");

    /** A port or a subnet that was free when it was chosen can be taken when it is used. */
    private static final int TRIES = 3;

    private DockerClusters() {}

    /**
     * Starts a cluster of one's own. Blocks until it is healthy, up to minutes; longer where an image is pulled first.
     *
     * @param spec profile TEST, durability SAFE, without password, movable clocks or own networks: containers have a network of
     *     their own, which nobody can cut here, and the clock of their machine
     * @throws IllegalArgumentException if the specification asks for something else
     * @throws IllegalStateException if there is no engine, or the cluster does not start, with the last lines of what the server
     *     that failed printed; nothing of it runs then
     */
    public static Cluster start(ClusterSpec spec) {
        check(spec);
        DockerEngine.unavailable().ifPresent(reason -> {
            throw new IllegalStateException("no containers here: " + reason);
        });
        for (int attempt = 1; ; attempt++) {
            try {
                return DockerCluster.start(spec, ServerImage.of(spec.kind()), FOLDER);
            } catch (ContainerLaunchException | DockerException e) {
                if (attempt == TRIES) {
                    throw new IllegalStateException("containers of " + spec.describe() + " do not start", e);
                }
                LOG.warn("containers of {} did not start, trying other ports and another subnet", spec, e);
            }
        }
    }

    /**
     * The fixture of a suite on containers. Where there is no engine, or nobody asked for one, it is one on which no rule is run,
     * with the reason in the report of the kit.
     *
     * @param name as {@link ProviderFixture#name()}
     * @param over makes the fixture over the cluster, which is closed with it
     */
    public static ProviderFixture fixture(
            String name, ClusterSpec spec, Function<Cluster, ? extends ProviderFixture> over) {
        return fixture(DockerEngine.unavailable(), name, () -> over.apply(start(spec)));
    }

    static ProviderFixture fixture(
            Optional<String> unavailable, String name, Supplier<? extends ProviderFixture> started) {
        return unavailable
                .<ProviderFixture>map(reason -> new NotRunFixture(name, reason))
                .orElseGet(started);
    }

    private static void check(ClusterSpec spec) {
        if (!spec.equals(ClusterSpec.of(spec.kind()).withNodes(spec.nodes()))) {
            throw new IllegalArgumentException(
                    "containers are of profile " + PerformanceProfile.TEST + " and durability " + Durability.SAFE
                            + ", without password, movable clocks and own networks; asked for was: " + spec);
        }
    }
}

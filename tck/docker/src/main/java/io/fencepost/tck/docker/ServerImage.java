package io.fencepost.tck.docker;

import io.fencepost.infra.ClusterKind;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What is known of one kind of server as a container: how it is told what to do, and how to see that it is well. */
interface ServerImage {
    /** The image that is used unless a system property names another; the same as in infra/docker-compose.yml. */
    String defaultName();

    /** Where the server listens for clients inside its container. */
    int clientPort(Placement placement, int index);

    /** The environment that the image's entry point reads. */
    Map<String, String> environment(Placement placement, int index);

    /** The command for the entry point; empty for that of the image. */
    default String[] command() {
        return new String[0];
    }

    /** Files that are put into the container before it starts, by path. */
    default Map<String, String> files(Placement placement, int index) {
        return Map.of();
    }

    /**
     * Asks the server itself for its version.
     *
     * @throws IOException if it does not answer (yet)
     */
    String version(Placement placement, int index) throws IOException;

    /**
     * What the server still lacks to be a healthy member, if anything.
     *
     * @throws IOException if it does not answer (yet)
     */
    Optional<String> defect(Placement placement, int index) throws IOException;

    static ServerImage of(ClusterKind kind) {
        return switch (kind) {
            case CASSANDRA -> new CassandraImage();
            case REDIS -> new RedisImage();
            case ZOOKEEPER -> new ZooKeeperImage();
        };
    }
}

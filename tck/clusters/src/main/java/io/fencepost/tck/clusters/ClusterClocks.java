package io.fencepost.tck.clusters;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ServerNode;
import io.fencepost.tck.ClockControl;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** The wall clocks of a cluster's processes. */
final class ClusterClocks implements ClockControl {
    /** A server may remember the time for a second. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Between the server's look at its clock and ours at this one. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final Cluster cluster;
    private final Function<ServerNode, Optional<Instant>> clockOf;

    /** @param clockOf what a server says the time is, if it tells */
    ClusterClocks(Cluster cluster, Function<ServerNode, Optional<Instant>> clockOf) {
        this.cluster = cluster;
        this.clockOf = clockOf;
    }

    @Override
    public int count() {
        return cluster.nodes().size();
    }

    @Override
    public void move(int server, Duration offset) {
        move(cluster.nodes().get(server), offset);
    }

    private void move(ServerNode server, Duration offset) {
        server.moveClock(offset);
        Awaitility.await(server.id() + " goes by a clock that is off by " + offset)
                .pollDelay(Duration.ZERO)
                .atMost(PATIENCE)
                .until(() -> clockOf.apply(server)
                        .map(time -> isNear(time, Instant.now().plus(offset)))
                        .orElse(true));
    }

    private static boolean isNear(Instant one, Instant other) {
        return Duration.between(one, other).abs().compareTo(TOLERANCE) <= 0;
    }

    @Override
    public void heal() {
        cluster.nodes().forEach(server -> move(server, Duration.ZERO));
    }

    @Override
    public String toString() {
        return cluster.describe();
    }
}

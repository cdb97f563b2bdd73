package io.fencepost.tck.clusters;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.infra.MovableClocks;
import io.fencepost.infra.ServerNode;
import io.fencepost.tck.ClientLinks;
import io.fencepost.tck.ClockControl;
import io.fencepost.tck.Hook;
import io.fencepost.tck.ServerControl;
import io.fencepost.tck.UriFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A fixture over a cluster of its own, with the hooks that a cluster can give. The rules kill all of its servers, so the cluster
 * must not be one that others share:
 *
 * <pre>{@code
 * class RedlockTckIT extends LockProviderTck {
 *     @Override
 *     protected ProviderFixture fixture() {
 *         Cluster cluster = Clusters.start(ClusterSpec.of(ClusterKind.REDIS));
 *         return new ClusterFixture("redlock", cluster, RedlockTckIT::uri, Duration.ofMillis(500)) {};
 *     }
 *
 *     private static String uri(List<String> addresses) {
 *         return "redlock://" + String.join(",", addresses);
 *     }
 * }
 * }</pre>
 *
 * <p>It takes every cluster for one that works as long as most of its servers do.
 */
public abstract class ClusterFixture extends UriFixture {
    private final Cluster cluster;
    private final Function<List<String>, String> uriOf;

    /**
     * @param name as {@link #name()}
     * @param cluster closed with this fixture
     * @param uriOf makes the URI of a client that connects to these addresses, options included
     * @param shortTtl as {@link #shortTtl()}
     */
    protected ClusterFixture(String name, Cluster cluster, Function<List<String>, String> uriOf, Duration shortTtl) {
        super(name, uriOf.apply(cluster.addresses()), shortTtl);
        this.cluster = cluster;
        this.uriOf = uriOf;
    }

    /** Starts a cluster, with clocks that can be moved if that is possible on this machine. */
    protected static Cluster start(ClusterSpec spec) {
        boolean movable = MovableClocks.unavailable(spec.kind()).isEmpty();
        return Clusters.start(movable ? spec.withMovableClocks() : spec);
    }

    /** The servers. */
    protected final Cluster cluster() {
        return cluster;
    }

    /**
     * The URI of a client that connects through links to the servers, and stays there. Default: as all clients, with the
     * addresses of the links. To be overridden for protocols whose clients learn the addresses of servers from servers.
     *
     * @param linkAddresses in the order of the servers
     */
    protected String uriOver(List<String> linkAddresses) {
        return uriOf.apply(linkAddresses);
    }

    /** As {@link ClientLinks#endSessions()}. Default: the links are cut, and that is all. */
    protected void endSessions(FaultyLinks links) {
        links.cut();
    }

    /** What a server says the time is. Default: it does not tell, and is believed to go by a clock that was moved. */
    protected Optional<Instant> clockOf(ServerNode server) {
        return Optional.empty();
    }

    @Override
    public Hook<Supplier<ClientLinks>> links() {
        return Hook.of(() -> {
            FaultyLinks links = FaultyLinks.to(cluster.addresses());
            return new ProxiedLinks(links, over(links), this::endSessions);
        });
    }

    private UriFixture over(FaultyLinks links) {
        Map<String, String> options = options();
        return new UriFixture(name(), uriOver(links.addresses()), shortTtl()) {
            @Override
            protected Map<String, String> options() {
                return options;
            }
        };
    }

    @Override
    public Hook<ServerControl> servers() {
        return Hook.of(new ClusterServers(cluster));
    }

    @Override
    public Hook<ClockControl> clocks() {
        return cluster.clocksUnmovable()
                .<Hook<ClockControl>>map(Hook::missing)
                .orElseGet(() -> Hook.of(new ClusterClocks(cluster, this::clockOf)));
    }

    @Override
    public void close() {
        cluster.close();
    }
}

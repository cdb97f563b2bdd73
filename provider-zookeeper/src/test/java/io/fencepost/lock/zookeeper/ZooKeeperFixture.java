package io.fencepost.lock.zookeeper;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.tck.Hook;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.clusters.ClusterFixture;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.awaitility.Awaitility;

/** The kit over an ensemble of three. */
final class ZooKeeperFixture extends ClusterFixture {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(3);

    /** Long enough for an election on a busy machine, short enough to wait for its end. */
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(15);

    /** A follower tells the leader of its clients with its own pings, of which there are two a tick. */
    private static final Duration TICK = Duration.ofMillis(500);

    /** @param moreOptions begin with an ampersand, if there are any */
    ZooKeeperFixture(String name, String moreOptions) {
        this(name, start(ClusterSpec.of(ClusterKind.ZOOKEEPER)), moreOptions);
    }

    /**
     * @param cluster of ZooKeeper, closed with this fixture
     * @param moreOptions begin with an ampersand, if there are any
     */
    ZooKeeperFixture(String name, Cluster cluster, String moreOptions) {
        super(name, cluster, addresses -> uri(addresses, moreOptions), Duration.ofSeconds(1));
    }

    private static String uri(List<String> addresses, String moreOptions) {
        return "zookeeper://" + String.join(",", addresses) + "/tck?sessionTimeout=" + SESSION_TIMEOUT
                + "&operationTimeout=" + OPERATION_TIMEOUT + moreOptions;
    }

    @Override
    public Duration operationTimeout() {
        return OPERATION_TIMEOUT;
    }

    @Override
    public Duration ttlOfManyLeases() {
        return Duration.ofSeconds(4);
    }

    @Override
    public Optional<String> uriTo(String address) {
        return Optional.of("zookeeper://" + address + "/tck?connectTimeout=" + CONNECT_TIMEOUT);
    }

    @Override
    public Duration connectTimeout() {
        return CONNECT_TIMEOUT;
    }

    @Override
    public List<MalformedUri> malformedUris() {
        String any = "zookeeper://127.0.0.1:1";
        return List.of(
                MalformedUri.of(any + "/a//b", "/a//b"),
                MalformedUri.of(any + "/zookeeper/quota", "/zookeeper/quota"),
                MalformedUri.of(any + "/a?sessionTimeout=10ms", "sessionTimeout", "10ms", "PT1S"),
                MalformedUri.of(any + "/a?fair=perhaps", "fair", "perhaps", "true or false"),
                MalformedUri.of(any + "/a?acl=all", "acl", "all", "open, creator"),
                MalformedUri.of(any + "/a?acl=creator", "acl", "creator", "user"),
                MalformedUri.of("zookeeper://joe@127.0.0.1:1/a", "user", "password"));
    }

    /** {@inheritDoc} Here: each view has a session of its own. */
    @Override
    public Hook<Supplier<FencedResource>> fencedResource() {
        return Hook.of(() -> FencedSession.open(cluster().addresses(), "/tck-fenced/values", OPERATION_TIMEOUT));
    }

    /**
     * {@inheritDoc} Here: a session that begins over the links just before they are cut ends after all others of them, but for
     * what followers had not passed on yet.
     */
    @Override
    protected void endSessions(FaultyLinks links) {
        inSession(
                cluster().addresses(),
                observer -> inSession(links.addresses(), last -> {
                    String path = create(last).path();
                    links.cut();
                    Awaitility.await("the sessions of the links ended")
                            .atMost(SESSION_TIMEOUT.multipliedBy(3))
                            .until(() -> observer.exists(path, false) == null);
                    Thread.sleep(TICK.multipliedBy(2).toMillis());
                    return path;
                }));
    }

    /** {@inheritDoc} Here: the leader does, which dates what anybody writes. */
    @Override
    protected Optional<Instant> clockOf(ServerNode server) {
        if (!Ensemble.leads(server)) {
            return Optional.empty();
        }
        return Optional.of(inSession(
                cluster().addresses(),
                session -> Instant.ofEpochMilli(create(session).stat().getCtime())));
    }

    private record Created(String path, Stat stat) {}

    private static Created create(ZooKeeper session) throws KeeperException, InterruptedException {
        Stat stat = new Stat();
        String path = session.create(
                "/tck-fixture-" + UUID.randomUUID(),
                new byte[0],
                ZooDefs.Ids.OPEN_ACL_UNSAFE,
                CreateMode.EPHEMERAL,
                stat);
        return new Created(path, stat);
    }

    @FunctionalInterface
    private interface Work<T> {
        T of(ZooKeeper session) throws KeeperException, InterruptedException;
    }

    private static <T> T inSession(List<String> addresses, Work<T> work) {
        try {
            ZooKeeper session = connect(addresses);
            try {
                return work.of(session);
            } finally {
                session.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (KeeperException | IOException e) {
            throw new IllegalStateException("no work with " + addresses, e);
        }
    }

    private static ZooKeeper connect(List<String> addresses) throws IOException, InterruptedException {
        CompletableFuture<Boolean> connected = new CompletableFuture<>();
        ZooKeeper session = new ZooKeeper(String.join(",", addresses), (int) SESSION_TIMEOUT.toMillis(), event -> {
            if (event.getState() == KeeperState.SyncConnected) {
                connected.complete(true);
            }
        });
        if (connected
                .completeOnTimeout(false, SESSION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join()) {
            return session;
        }
        session.close();
        throw new IOException("no connection to " + addresses + " within " + SESSION_TIMEOUT);
    }
}

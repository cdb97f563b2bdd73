package io.fencepost.lock.redlock;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.ServerNode;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.redlock.fencing.RedisFencedResources;
import io.fencepost.tck.Hook;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.clusters.ClusterFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The kit over independent masters that sync before they answer. */
final class RedlockFixture extends ClusterFixture {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(3);
    private static final int LIMIT_MS = 5_000;

    /** @param nodes how many */
    RedlockFixture(int nodes) {
        this("redlock-" + nodes, start(ClusterSpec.of(ClusterKind.REDIS).withNodes(nodes)));
    }

    /** @param cluster of Redis, closed with this fixture */
    RedlockFixture(String name, Cluster cluster) {
        super(name, cluster, RedlockFixture::uri, Duration.ofMillis(500));
    }

    private static String uri(List<String> addresses) {
        return "redlock://" + String.join(",", addresses) + "?operationTimeout=" + OPERATION_TIMEOUT;
    }

    @Override
    public Duration operationTimeout() {
        return OPERATION_TIMEOUT;
    }

    @Override
    public Duration ttlOfManyLeases() {
        return Duration.ofSeconds(3);
    }

    /** {@inheritDoc} Here: at the first master alone. */
    @Override
    public Hook<Supplier<FencedResource>> fencedResource() {
        String uri = "redis://" + cluster().addresses().get(0);
        return Hook.of(() -> RedisFencedResources.open(uri, "tck-fenced:", OPERATION_TIMEOUT));
    }

    /** {@inheritDoc} Here: the answer to {@code TIME}, seconds and microseconds on lines of their own. */
    @Override
    protected Optional<Instant> clockOf(ServerNode server) {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write("TIME\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            List<String> lines = answer.lines().toList();
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(lines.get(2)))
                    .plus(Long.parseLong(lines.get(4)), ChronoUnit.MICROS));
        } catch (IOException e) {
            throw new UncheckedIOException("no TIME from " + server.id(), e);
        }
    }

    @Override
    public Optional<String> uriTo(String address) {
        return Optional.of("redlock://" + address + "?connectTimeout=" + CONNECT_TIMEOUT.toMillis() + "ms");
    }

    @Override
    public Duration connectTimeout() {
        return CONNECT_TIMEOUT;
    }

    @Override
    public List<MalformedUri> malformedUris() {
        return List.of(
                MalformedUri.of("redlock:", "redlock", "host"),
                MalformedUri.of("redlock://127.0.0.1:1,127.0.0.1:2", "2 nodes", "1, 3, 5, 7 or 9"),
                MalformedUri.of("redlock://127.0.0.1:1/0", "/0", "none"),
                MalformedUri.of("redlock://127.0.0.1:99999", "99999", "65535"),
                MalformedUri.of("redlock://127.0.0.1:1,127.0.0.1:1,127.0.0.1:2", "127.0.0.1:1", "twice"),
                MalformedUri.of("redlock://127.0.0.1:1?keyPrefix=", "keyPrefix", "1 to 128"),
                MalformedUri.of("redlock://127.0.0.1:1?operationTimeout=soon", "operationTimeout", "soon", "duration"),
                MalformedUri.of("redlock://127.0.0.1:1?restarts=maybe", "restarts", "maybe", "quarantine"),
                MalformedUri.of("redlock://127.0.0.1:1?tokenHint=maybe", "tokenHint", "maybe", "none"),
                MalformedUri.of("redlock://127.0.0.1:1?verifyPeer=false", "verifyPeer", "tls"),
                MalformedUri.of("redlock://someone@127.0.0.1:1", "user", "password"));
    }
}

package io.fencepost.lock.redlock;

import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.UriFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The kit over the first nodes of the shared cluster. */
final class RedlockFixture extends UriFixture {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** @param nodes how many of the shared cluster */
    RedlockFixture(int nodes) {
        super("redlock-" + nodes, Servers.uri(nodes, "keyPrefix=tck-" + nodes + ":"), Duration.ofMillis(500));
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
                MalformedUri.of("redlock://127.0.0.1:1?verifyPeer=false", "verifyPeer", "tls"),
                MalformedUri.of("redlock://someone@127.0.0.1:1", "user", "password"));
    }
}

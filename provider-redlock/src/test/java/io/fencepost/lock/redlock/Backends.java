package io.fencepost.lock.redlock;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Backends without the core in front. */
final class Backends {
    static final String PREFIX = "failure-it:";
    static final String HOLDER = "tester";

    private Backends() {}

    /** Over the first nodes of the shared cluster. */
    static RedlockBackend open(int nodes, String options) {
        return open(Servers.uri(nodes, "keyPrefix=" + PREFIX + "&" + options));
    }

    static RedlockBackend open(String uri) {
        return RedlockBackend.open(settings(uri));
    }

    static Settings settings(String uri) {
        return Settings.of(BackendConfig.parse(uri, Map.of(), HOLDER, TimeSource.SYSTEM));
    }

    static String newName() {
        return UUID.randomUUID().toString();
    }

    static AttemptRequest request(String name, Duration ttl) {
        return new AttemptRequest(name, UUID.randomUUID(), ttl, HOLDER, Map.of("host", "here"), false);
    }
}

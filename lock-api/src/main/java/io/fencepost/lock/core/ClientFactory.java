package io.fencepost.lock.core;

import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockObserver;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Finds the provider of a URI and opens a client over it. The entry of this package, for {@link io.fencepost.lock.LockClients} alone. */
public final class ClientFactory {
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private ClientFactory() {}

    /** Opens a client over {@code backend} if it is given, over the provider of {@code uri} otherwise. */
    public static LockClient open(
            @Nullable String uri,
            @Nullable LockBackend backend,
            Map<String, String> options,
            @Nullable String holder,
            LockObserver observer,
            TimeSource time) {
        String host = localHost();
        long pid = ProcessHandle.current().pid();
        String id = holder != null
                ? holder
                : host + "-" + pid + "-" + UUID.randomUUID().toString().substring(0, 8);
        LockBackend opened = backend != null ? backend : connect(uri == null ? "" : uri, options, id, time);
        int number = CLIENTS.incrementAndGet();
        return new DefaultLockClient(new ClientContext(
                opened,
                opened.capabilities(),
                id,
                Map.of("host", host, "pid", Long.toString(pid)),
                time,
                new ThreadTimers("fencepost-wait-" + number),
                new ThreadTimers("fencepost-renewal-" + number),
                new ThreadCallbacks("fencepost-callback-" + number),
                observer == LockObserver.NONE ? observer : new SafeObserver(observer),
                new AttemptIds(),
                most -> ThreadLocalRandom.current().nextLong(most + 1)));
    }

    private static LockBackend connect(String uri, Map<String, String> options, String holder, TimeSource time) {
        String scheme = BackendConfig.schemeOf(uri);
        List<LockProvider> providers = ServiceLoader.load(LockProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        List<LockProvider> matching =
                providers.stream().filter(p -> p.scheme().equals(scheme)).toList();
        if (matching.size() != 1) {
            throw new IllegalArgumentException((matching.isEmpty() ? "no" : "more than one")
                    + " lock provider for '" + scheme + ":' is on the class path; there are "
                    + String.join(
                            ", ",
                            providers.stream()
                                    .map(p -> p.scheme() + ":")
                                    .sorted()
                                    .toList()));
        }
        return matching.get(0).open(BackendConfig.parse(uri, options, holder, time));
    }

    private static String localHost() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }
}

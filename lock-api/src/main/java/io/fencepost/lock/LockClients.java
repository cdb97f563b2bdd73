package io.fencepost.lock;

import io.fencepost.lock.core.ClientFactory;
import io.fencepost.lock.spi.LockBackend;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@link LockClient}s. The scheme of the URI selects the provider among those on the class path:
 *
 * <pre>{@code
 * memory:                                                          in this process, for tests and embedded use
 * cassandra://host:9042/keyspace?localDatacenter=dc1
 * redlock://host1:6379,host2:6379,host3:6379
 * zookeeper://host1:2181,host2:2181,host3:2181/chroot
 * }</pre>
 *
 * The options of each are in the README of its module.
 */
public final class LockClients {
    private LockClients() {}

    /**
     * Opens a client with the defaults; see {@link Builder#open()}.
     *
     * @param uri scheme, servers, path and options
     */
    public static LockClient open(String uri) {
        return builder(uri).open();
    }

    /** Prepares a client of the provider that {@code uri} selects. */
    public static Builder builder(String uri) {
        return new Builder(Objects.requireNonNull(uri, "uri"), null);
    }

    /**
     * Prepares a client over a backend made by hand: for wrappers around a provider and for tests. The client closes it.
     */
    public static Builder builder(LockBackend backend) {
        return new Builder(null, Objects.requireNonNull(backend, "backend"));
    }

    /** What a client is opened with. Not thread-safe. */
    public static final class Builder {
        private final @Nullable String uri;
        private final @Nullable LockBackend backend;
        private final Map<String, String> options = new HashMap<>();
        private @Nullable String holder;
        private LockObserver observer = LockObserver.NONE;
        private TimeSource timeSource = TimeSource.SYSTEM;

        private Builder(@Nullable String uri, @Nullable LockBackend backend) {
            this.uri = uri;
            this.backend = backend;
        }

        /** Adds one option of the provider; the better place for a password than a URI. */
        public Builder option(String name, String value) {
            options.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Adds options of the provider. */
        public Builder options(Map<String, String> more) {
            more.forEach(this::option);
            return this;
        }

        /** The id that others see as holder, 1 to 128 characters. Default: host, process id and a random part. */
        public Builder holder(String id) {
            if (id.isEmpty() || id.length() > 128) {
                throw new IllegalArgumentException("a holder id has 1 to 128 characters, not '" + id + "'");
            }
            this.holder = id;
            return this;
        }

        /** Who is told what the client does. Default: nobody. */
        public Builder observer(LockObserver value) {
            this.observer = Objects.requireNonNull(value, "observer");
            return this;
        }

        /** The monotonic clock that validity is counted on. Default: {@link TimeSource#SYSTEM}. */
        public Builder timeSource(TimeSource value) {
            this.timeSource = Objects.requireNonNull(value, "timeSource");
            return this;
        }

        /**
         * Connects. Blocks for the provider's connect timeout at most.
         *
         * @throws IllegalArgumentException if the URI or an option is wrong, or no provider on the class path has its scheme; nothing was contacted
         * @throws LockUnavailableException if the backend cannot be reached or refuses this client
         */
        public LockClient open() {
            if (backend != null && !options.isEmpty()) {
                throw new IllegalArgumentException("a backend made by hand takes no options, so not "
                        + String.join(", ", new TreeSet<>(options.keySet())));
            }
            return ClientFactory.open(uri, backend, options, holder, observer, timeSource);
        }
    }
}

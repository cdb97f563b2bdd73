package io.fencepost.jmh.contestant;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * A provider of this project through the public API, with automatic renewal on, as an application uses it. Guarantees what the provider's capabilities say,
 * with fencing tokens; leaves out nothing.
 */
public final class FencepostContestant implements Contestant {
    private static final LockOptions OPTIONS = LockOptions.ttl(TTL);

    private final PerClient<Client> clients;

    private record Client(LockClient client, ConcurrentHashMap<String, DistributedLock> locks)
            implements AutoCloseable {
        DistributedLock lock(String name) {
            // handles are cheap, but an application would keep them as well
            DistributedLock known = locks.get(name);
            return known != null ? known : locks.computeIfAbsent(name, key -> client.lock(key, OPTIONS));
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private record Held(Lease lease) implements Hold {
        @Override
        public OptionalLong token() {
            return OptionalLong.of(lease.token().value());
        }

        @Override
        public boolean renew() throws InterruptedException {
            return lease.renew() instanceof RenewOutcome.Renewed;
        }

        @Override
        public void release() {
            ReleaseOutcome outcome = lease.release();
            if (!(outcome instanceof ReleaseOutcome.Released)) {
                throw new IllegalStateException("the release of '" + lease.name() + "' ended with " + outcome);
            }
        }
    }

    private FencepostContestant(PerClient<Client> clients) {
        this.clients = clients;
    }

    /**
     * What opens clients of a provider.
     *
     * @param uri from the addresses of the servers
     */
    static ContestantType.Opener opener(Function<Opening, String> uri) {
        return opening -> open(opening, () -> LockClients.open(uri.apply(opening)));
    }

    /**
     * What opens clients over a backend that is wrapped.
     *
     * @param uri that opens the provider, from the addresses of the servers
     * @param change wraps each client's backend
     */
    public static ContestantType.Opener opener(Function<Opening, String> uri, UnaryOperator<LockBackend> change) {
        return opening -> open(
                opening,
                () -> LockClients.builder(change.apply(backend(uri.apply(opening))))
                        .open());
    }

    /** What opens clients over backends made by hand. */
    public static ContestantType.Opener over(Function<Opening, LockBackend> backend) {
        return opening ->
                open(opening, () -> LockClients.builder(backend.apply(opening)).open());
    }

    private interface ClientSupplier {
        LockClient open() throws Exception;
    }

    private static Contestant open(Opening opening, ClientSupplier supplier) throws Exception {
        return new FencepostContestant(
                PerClient.open(opening.clients(), client -> new Client(supplier.open(), new ConcurrentHashMap<>())));
    }

    private static LockBackend backend(String uri) {
        BackendConfig config = BackendConfig.parse(uri, Map.of(), "jmh-" + UUID.randomUUID(), TimeSource.SYSTEM);
        return ServiceLoader.load(LockProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.scheme().equals(config.scheme()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no provider of " + config.scheme()))
                .open(config);
    }

    @Override
    public Attempt acquire(int client, String lock, Duration wait) throws InterruptedException {
        try {
            return attempt(clients.of(client).lock(lock).tryAcquire(wait));
        } catch (LockUnavailableException e) {
            return new Attempt.Unavailable(e);
        } catch (OutcomeUnknownException e) {
            return new Attempt.Unknown(e);
        }
    }

    @Override
    public Attempt tryAcquire(int client, String lock) throws InterruptedException {
        try {
            return attempt(clients.of(client).lock(lock).tryAcquire());
        } catch (LockUnavailableException e) {
            return new Attempt.Unavailable(e);
        } catch (OutcomeUnknownException e) {
            return new Attempt.Unknown(e);
        }
    }

    private static Attempt attempt(Optional<Lease> lease) {
        return lease.isPresent() ? new Attempt.Acquired(new Held(lease.get())) : new Attempt.Contended();
    }

    @Override
    public void close() {
        clients.close();
    }
}

package io.fencepost.lock.cassandra;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Three clients with clocks of their own, which differ in rate by what is allowed, against a model that may execute any write now, later or never. What must hold:
 * nobody becomes owner while another's lease is valid.
 */
class ObservedExclusionTest {
    private static final String NAME = "model";
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final double VALID_SHARE = 1 - Capabilities.DEFAULT_DRIFT_RATE;
    private static final double FASTEST = 1.004;
    private static final double SLOWEST = 0.996;
    private static final int RUNS = 150;
    private static final int STEPS = 120;

    private static final AtomicInteger TAKEOVERS = new AtomicInteger();
    private static final AtomicInteger RENEWALS = new AtomicInteger();
    private static final AtomicInteger HANDOFFS = new AtomicInteger();

    @Test
    void nobodyBecomesOwnerWhileAnothersLeaseIsValid() {
        for (int seed = 0; seed < RUNS; seed++) {
            new Run(seed).play();
        }
        assertThat(TAKEOVERS).as("takeovers in all runs").hasValueGreaterThan(RUNS);
        assertThat(RENEWALS).as("renewals in all runs").hasValueGreaterThan(RUNS);
        assertThat(HANDOFFS).as("handoffs in all runs").hasValueGreaterThan(RUNS);
    }

    private static final class Run {
        private final int seed;
        private final Random random;
        /** The true time. */
        private final AtomicLong now = new AtomicLong();

        private final ModelTable table = new ModelTable(Expiry.OBSERVED, this::fate, this::becameOwner);
        private final List<Client> clients;
        private boolean between;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.clients = Stream.generate(Client::new).limit(3).toList();
        }

        /** One client at a time; within its operations time passes, and a holder may renew. */
        void play() {
            try {
                for (int step = 0; step < STEPS; step++) {
                    now.addAndGet(random.nextLong(TTL.toNanos() / 3));
                    if (random.nextInt(4) == 0) {
                        table.executeLate(random.nextInt(100));
                    }
                    clients.get(random.nextInt(clients.size())).act();
                }
            } finally {
                clients.forEach(client -> client.backend.close());
            }
        }

        private synchronized Fate fate() {
            if (!between) {
                now.addAndGet(random.nextLong(Duration.ofMillis(300).toNanos()));
                between = true;
                if (random.nextInt(4) == 0) {
                    clients.forEach(Client::renewAtOnce);
                }
                between = false;
                if (random.nextInt(3) == 0) {
                    Fate[] fates = Fate.values();
                    return fates[random.nextInt(fates.length)];
                }
            }
            return Fate.ANSWERED;
        }

        private void becameOwner(UUID attempt) {
            for (Client client : clients) {
                CassandraGrant lease = client.lease;
                if (lease != null && !lease.attemptId().equals(attempt)) {
                    assertThat(now.get())
                            .as("seed %s: when somebody became owner, and %s was valid until", seed, lease)
                            .isGreaterThanOrEqualTo(client.validUntil);
                    TAKEOVERS.incrementAndGet();
                    client.lease = null;
                }
            }
        }

        private final class Client {
            private final double rate = SLOWEST + random.nextDouble() * (FASTEST - SLOWEST);
            private final long start = random.nextLong();
            private final CassandraLockBackend backend = new CassandraLockBackend(
                    new LockSession("model", table, () -> {}),
                    Expiry.OBSERVED,
                    random.nextBoolean() ? Duration.ofMinutes(1) : Duration.ofMillis(25),
                    new ImpatientTimer(),
                    this::clock);
            private volatile @Nullable CassandraGrant lease;
            private volatile long validUntil;

            private long clock() {
                return start + (long) (now.get() * rate);
            }

            /** In true time: of what this client takes for the validity of a write that it began to send then. */
            private long validUntil(long sentAt) {
                return sentAt + (long) (TTL.toNanos() * VALID_SHARE / rate);
            }

            void act() {
                CassandraGrant held = lease;
                if (held == null || now.get() >= validUntil) {
                    lease = null;
                    attempt();
                } else if (random.nextInt(5) == 0) {
                    lease = null;
                    TestStages.await(backend.release(held));
                } else if (random.nextInt(5) == 0) {
                    handOff(held);
                } else if (random.nextInt(3) > 0) {
                    long sentAt = now.get();
                    RenewOutcome outcome = TestStages.await(backend.renew(held, TTL));
                    assertThat(outcome)
                            .as("seed %s: renewal of a valid lease", seed)
                            .isNotInstanceOf(RenewOutcome.Lost.class);
                    if (outcome instanceof RenewOutcome.Renewed) {
                        RENEWALS.incrementAndGet();
                        validUntil = Math.max(validUntil, validUntil(sentAt));
                    }
                }
            }

            private void attempt() {
                long sentAt = now.get();
                holdIfAcquired(TestStages.await(backend.attempt(request())), sentAt);
            }

            private void handOff(CassandraGrant held) {
                lease = null;
                long sentAt = now.get();
                HandoffOutcome outcome = TestStages.await(backend.handOff(held, request()));
                assertThat(outcome.released())
                        .as("seed %s: handoff of a valid lease: %s", seed, outcome)
                        .isNotInstanceOf(ReleaseOutcome.NotHeld.class);
                if (holdIfAcquired(outcome.attempted(), sentAt)) {
                    HANDOFFS.incrementAndGet();
                    assertThat(requireNonNull(lease).token()).isGreaterThan(held.token());
                }
            }

            private AttemptRequest request() {
                return new AttemptRequest(NAME, UUID.randomUUID(), TTL, "model", Map.of(), random.nextBoolean());
            }

            private boolean holdIfAcquired(AttemptOutcome outcome, long sentAt) {
                if (outcome instanceof Acquired acquired) {
                    validUntil = validUntil(sentAt);
                    lease = (CassandraGrant) acquired.grant();
                    return true;
                }
                return false;
            }

            void renewAtOnce() {
                CassandraGrant held = lease;
                if (held != null
                        && now.get() < validUntil
                        && TestStages.await(table.renew(held.renewal(TTL), TTL, Deadline.in(TTL), held.end()))
                                instanceof LockTable.Answer.Applied) {
                    RENEWALS.incrementAndGet();
                    validUntil = validUntil(now.get());
                }
            }
        }
    }
}

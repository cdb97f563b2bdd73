package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Providers with one defect each, of kinds that real ones have had. */
final class BrokenProviders {
    private BrokenProviders() {}

    private static AttemptRequest with(AttemptRequest request, String name, Duration ttl) {
        return new AttemptRequest(
                name, request.attemptId(), ttl, request.holder(), request.metadata(), request.afterContention());
    }

    private static CompletionStage<AttemptOutcome> mapGrant(
            CompletionStage<AttemptOutcome> outcome, Function<Grant, Grant> change) {
        return outcome.thenApply(value -> value instanceof AttemptOutcome.Acquired acquired
                ? new AttemptOutcome.Acquired(change.apply(acquired.grant()))
                : value);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A write without a condition. */
    static class EverybodyIsGranted extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return forceRelease(request.name()).thenCompose(freed -> super.attempt(request));
                }
            };
        }
    }

    /** A get and a set instead of a compare-and-set. */
    static class TwoGrantsUnderARace extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return inspect(request.name()).thenCompose(state -> {
                        if (state.isPresent()) {
                            return super.attempt(request);
                        }
                        pause(2);
                        return forceRelease(request.name()).thenCompose(freed -> super.attempt(request));
                    });
                }
            };
        }
    }

    /** One key for all locks. */
    static class OneLockForAllNames extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return super.attempt(with(request, "the-lock", request.ttl()));
                }
            };
        }
    }

    /** The value of a lock is its holder, and a holder is let in again. */
    static class HolderIsLetInAgain extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return inspect(request.name())
                            .thenCompose(state -> state.filter(s -> s.holder().equals(request.holder()))
                                    .<CompletionStage<AttemptOutcome>>map(own ->
                                            CompletableFuture.completedFuture(new AttemptOutcome.Acquired(new Grant(
                                                    request.name(), request.attemptId(), own.token(), request.ttl()))))
                                    .orElseGet(() -> super.attempt(request)));
                }
            };
        }
    }

    /** A backend whose collation ignores case. */
    static class NameCaseFolded extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return super.attempt(with(request, request.name().toLowerCase(Locale.ROOT), request.ttl()));
                }

                @Override
                public CompletionStage<Optional<LockState>> inspect(String name) {
                    return super.inspect(name.toLowerCase(Locale.ROOT));
                }
            };
        }
    }

    /** The counter is deleted with the lock. */
    static class TokenRestartsAfterRelease extends BrokenSuite {
        private final Map<String, AtomicLong> counters = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(
                            super.attempt(request),
                            grant -> new Grant(
                                    grant.name(),
                                    grant.attemptId(),
                                    new FencingToken(counters.computeIfAbsent(grant.name(), name -> new AtomicLong())
                                            .incrementAndGet()),
                                    grant.validity()));
                }

                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    counters.remove(grant.name());
                    return super.release(grant);
                }
            };
        }
    }

    /** The counter has the ttl of the lock. */
    static class TokenExpiresWithTheLease extends BrokenSuite {
        private record Count(long value, long expiresAt) {}

        private final Map<String, Count> counters = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    long now = System.nanoTime();
                    return mapGrant(super.attempt(request), grant -> {
                        Count next = counters.compute(
                                grant.name(),
                                (name, count) -> new Count(
                                        count == null || count.expiresAt() - now <= 0 ? 1 : count.value() + 1,
                                        now + request.ttl().toNanos()));
                        return new Grant(
                                grant.name(), grant.attemptId(), new FencingToken(next.value()), grant.validity());
                    });
                }
            };
        }
    }

    /** A forced release is answered and forgotten. */
    static class ForcedReleaseDoesNothing extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> forceRelease(String name) {
                    return CompletableFuture.completedFuture(new ReleaseOutcome.Released());
                }
            };
        }
    }

    /** Half of the ttl is lost on the way. */
    static class EarlyExpiry extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(
                            super.attempt(
                                    with(request, request.name(), request.ttl().dividedBy(2))),
                            grant -> new Grant(grant.name(), grant.attemptId(), grant.token(), request.ttl()));
                }

                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    return super.renew(grant, ttl.dividedBy(2));
                }
            };
        }
    }

    /** No ttl is set. */
    static class LockHeldForEver extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(
                            super.attempt(with(request, request.name(), Duration.ofHours(1))),
                            grant -> new Grant(grant.name(), grant.attemptId(), grant.token(), request.ttl()));
                }
            };
        }
    }

    /** The grant promises more than was asked for, as if it were counted from the answer. */
    static class ValidityFromTheAnswer extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(
                            super.attempt(request),
                            grant -> new Grant(
                                    grant.name(),
                                    grant.attemptId(),
                                    grant.token(),
                                    grant.validity().plusMillis(500)));
                }
            };
        }
    }

    /** A renewal looks whether the lease is there, and leaves its end as it is. */
    static class RenewIgnoresTheTtl extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    return inspect(grant.name())
                            .thenApply(state -> state.filter(s -> s.token().equals(grant.token()))
                                    .<RenewOutcome>map(own -> new RenewOutcome.Renewed(ttl))
                                    .orElseGet(() -> new RenewOutcome.Lost(LossCause.NOT_OWNER)));
                }
            };
        }
    }

    /** A renewal adds the ttl to the old end of the lease. */
    static class RenewalsAddUp extends BrokenSuite {
        private final Map<UUID, Long> ends = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    long end = System.nanoTime() + request.ttl().toNanos();
                    return mapGrant(super.attempt(request), grant -> {
                        ends.put(grant.attemptId(), end);
                        return grant;
                    });
                }

                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    long end = ends.merge(grant.attemptId(), ttl.toNanos(), Long::sum);
                    return super.renew(grant, Duration.ofNanos(Math.max(1, end - System.nanoTime())))
                            .thenApply(outcome ->
                                    outcome instanceof RenewOutcome.Renewed ? new RenewOutcome.Renewed(ttl) : outcome);
                }
            };
        }
    }

    /** A renewal creates what it does not find. */
    static class RenewRevives extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    AttemptRequest again =
                            new AttemptRequest(grant.name(), grant.attemptId(), ttl, "revived", Map.of(), false);
                    return super.renew(grant, ttl)
                            .thenCompose(outcome -> outcome instanceof RenewOutcome.Lost
                                    ? attempt(again)
                                            .thenApply(tried -> tried instanceof AttemptOutcome.Acquired
                                                    ? new RenewOutcome.Renewed(ttl)
                                                    : outcome)
                                    : CompletableFuture.completedFuture(outcome));
                }
            };
        }
    }

    /** A renewal extends whatever lease there is. */
    static class RenewWithoutOwnerCheck extends BrokenSuite {
        private final Map<String, UUID> owners = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(super.attempt(request), grant -> {
                        owners.put(grant.name(), grant.attemptId());
                        return grant;
                    });
                }

                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    UUID owner = owners.getOrDefault(grant.name(), grant.attemptId());
                    return super.renew(new Grant(grant.name(), owner, grant.token(), grant.validity()), ttl);
                }
            };
        }
    }

    /** A release deletes whatever lease there is. */
    static class ReleaseWithoutOwnerCheck extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    return forceRelease(grant.name());
                }
            };
        }
    }

    /** A release always says that it released. */
    static class SecondReleaseLies extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    return super.release(grant).thenApply(outcome -> new ReleaseOutcome.Released());
                }
            };
        }
    }

    /** A release is answered before it is done. */
    static class ReleaseAnsweredTooSoon extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    CompletableFuture.delayedExecutor(100, MILLISECONDS).execute(() -> super.release(grant));
                    return CompletableFuture.completedFuture(new ReleaseOutcome.Released());
                }
            };
        }
    }

    /** A release that follows its grant at once is lost, as one that overtakes it on another connection. */
    static class QuickReleaseIsLost extends BrokenSuite {
        private final Map<UUID, Long> grantedAt = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(super.attempt(request), grant -> {
                        grantedAt.put(grant.attemptId(), System.nanoTime());
                        return grant;
                    });
                }

                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    long age = System.nanoTime() - grantedAt.getOrDefault(grant.attemptId(), 0L);
                    return age < MILLISECONDS.toNanos(50)
                            ? CompletableFuture.completedFuture(new ReleaseOutcome.Released())
                            : super.release(grant);
                }
            };
        }
    }

    /** A release that found nothing says that it does not know. */
    static class ReleaseOfNothingIsUncertain extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    return super.release(grant)
                            .thenApply(outcome -> outcome instanceof ReleaseOutcome.NotHeld
                                    ? new ReleaseOutcome.Indeterminate(new KitFault("nothing found"))
                                    : outcome);
                }
            };
        }
    }

    /** A try of a held lock is answered after a long pause. */
    static class TryWaitsForTheHolder extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return super.attempt(request)
                            .thenCompose(outcome -> outcome instanceof AttemptOutcome.Contended
                                    ? CompletableFuture.supplyAsync(
                                            () -> outcome, CompletableFuture.delayedExecutor(800, MILLISECONDS))
                                    : CompletableFuture.completedFuture(outcome));
                }
            };
        }
    }

    /** Contention is cached for some seconds. */
    static class ContentionIsCached extends BrokenSuite {
        private final Map<String, Long> contendedAt = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    Long since = contendedAt.get(request.name());
                    if (since != null && System.nanoTime() - since < MILLISECONDS.toNanos(3_000)) {
                        return CompletableFuture.completedFuture(AttemptOutcome.Contended.of(null, null));
                    }
                    return super.attempt(request).whenComplete((outcome, never) -> {
                        if (outcome instanceof AttemptOutcome.Contended) {
                            contendedAt.put(request.name(), System.nanoTime());
                        }
                    });
                }
            };
        }
    }

    /** A thread of each backend is never ended. */
    static class ThreadIsLeaked extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            Thread thread = new Thread(() -> pause(60_000), "leaked");
            thread.setDaemon(true);
            thread.start();
            return new ForwardingBackend(sound);
        }
    }

    /** Inspection answers from a cache. */
    static class InspectionIsStale extends BrokenSuite {
        private final Map<String, LockState> cache = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<Optional<LockState>> inspect(String name) {
                    return super.inspect(name).thenApply(state -> {
                        state.ifPresent(seen -> cache.putIfAbsent(name, seen));
                        return Optional.ofNullable(cache.get(name));
                    });
                }
            };
        }
    }

    /** What the holder said of itself is not stored. */
    static class MetadataIsDropped extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<Optional<LockState>> inspect(String name) {
                    return super.inspect(name)
                            .thenApply(state -> state.map(
                                    s -> new LockState(name, s.holder(), s.token(), s.remaining(), Map.of())));
                }
            };
        }
    }

    /** A release asks for the client that holds, and not for the lease. */
    static class ReleaseByClient extends BrokenSuite {
        private final Map<UUID, String> clients = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    clients.put(request.attemptId(), request.holder());
                    return super.attempt(request);
                }

                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    String client = clients.getOrDefault(grant.attemptId(), "");
                    return inspect(grant.name())
                            .thenCompose(state ->
                                    state.filter(s -> s.holder().equals(client)).isPresent()
                                            ? forceRelease(grant.name())
                                            : super.release(grant));
                }
            };
        }
    }

    /** A renewal asks for the client that holds, and not for the lease. */
    static class RenewByClient extends BrokenSuite {
        private final Map<UUID, String> clients = new ConcurrentHashMap<>();
        private final Map<String, UUID> attempts = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    clients.put(request.attemptId(), request.holder());
                    return mapGrant(super.attempt(request), grant -> {
                        attempts.put(grant.name(), grant.attemptId());
                        return grant;
                    });
                }

                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    UUID current = attempts.getOrDefault(grant.name(), grant.attemptId());
                    boolean sameClient =
                            clients.getOrDefault(current, "").equals(clients.getOrDefault(grant.attemptId(), ""));
                    return super.renew(
                            sameClient ? new Grant(grant.name(), current, grant.token(), grant.validity()) : grant,
                            ttl);
                }
            };
        }
    }

    /** The client remembers that it holds until it releases, and is let in again after its lease is gone. */
    static class LetInAgainAfterTheLeaseIsGone extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                private final Map<String, Grant> held = new ConcurrentHashMap<>();

                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return super.attempt(request).thenCompose(outcome -> {
                        if (outcome instanceof AttemptOutcome.Acquired acquired) {
                            held.put(request.name(), acquired.grant());
                            return CompletableFuture.completedFuture(outcome);
                        }
                        Grant own = held.get(request.name());
                        return inspect(request.name())
                                .thenApply(state -> own != null
                                                && state.filter(s -> !s.token().equals(own.token()))
                                                        .isPresent()
                                        ? new AttemptOutcome.Acquired(own)
                                        : outcome);
                    });
                }

                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    held.remove(grant.name());
                    return super.release(grant);
                }
            };
        }
    }

    /** A grant says nothing of how long it lasts. */
    static class ValidityIsNeverComputed extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return mapGrant(
                            super.attempt(request),
                            grant -> new Grant(grant.name(), grant.attemptId(), grant.token(), Duration.ofDays(365)));
                }
            };
        }
    }

    /** The server's ttl has whole seconds. */
    static class TtlIsRoundedUp extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    Duration rounded = Duration.ofSeconds(
                            request.ttl().plusNanos(999_999_999).toSeconds());
                    return mapGrant(
                            super.attempt(with(request, request.name(), rounded)),
                            grant -> new Grant(grant.name(), grant.attemptId(), grant.token(), request.ttl()));
                }
            };
        }
    }

    /** The server cuts a ttl that is too long for it. */
    static class LongTtlIsCut extends BrokenSuite {
        private static final Duration LONGEST = Duration.ofHours(1);

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return super.attempt(with(request, request.name(), Timing.min(request.ttl(), LONGEST)));
                }
            };
        }
    }

    /** Renewals of a client go one after the other. */
    static class RenewalsQueue extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

                @Override
                public synchronized CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    CompletableFuture<RenewOutcome> mine = last.thenCompose(before -> CompletableFuture.supplyAsync(
                                    () -> super.renew(grant, ttl), CompletableFuture.delayedExecutor(4, MILLISECONDS))
                            .thenCompose(outcome -> outcome));
                    last = mine;
                    return mine;
                }
            };
        }
    }

    /** Declares to be fair, and is as fair as chance has it. */
    static class FairByDeclarationOnly extends BrokenSuite {
        private final AtomicLong backends = new AtomicLong();

        @Override
        LockBackend broken(LockBackend sound) {
            boolean slow = backends.incrementAndGet() % 2 == 0;
            return new ForwardingBackend(sound) {
                @Override
                public Capabilities capabilities() {
                    return promises(super.capabilities()).fair(true).build();
                }

                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    return slow && request.afterContention()
                            ? CompletableFuture.supplyAsync(
                                            () -> super.attempt(request),
                                            CompletableFuture.delayedExecutor(40, MILLISECONDS))
                                    .thenCompose(outcome -> outcome)
                            : super.attempt(request);
                }
            };
        }
    }

    private static Capabilities.Builder promises(Capabilities from) {
        return Capabilities.builder(from.provider(), from.fencing())
                .guarantee(from.guarantee())
                .clockTrust(from.clockTrust())
                .ttlRange(from.minTtl(), from.maxTtl())
                .drift(from.driftRate(), from.driftMargin())
                .grace(from.grace())
                .wakeUps(from.wakeUps())
                .handoffBound(from.handoffBound());
    }

    /** One client is always first. */
    static class OthersStarve extends BrokenSuite {
        private static final long INTEREST_NANOS = MILLISECONDS.toNanos(500);

        private final Map<String, Long> favouriteAskedAt = new ConcurrentHashMap<>();
        private final AtomicLong backends = new AtomicLong();

        @Override
        LockBackend broken(LockBackend sound) {
            boolean favourite = backends.incrementAndGet() == 1;
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    if (favourite) {
                        favouriteAskedAt.put(request.name(), System.nanoTime());
                        return super.attempt(request);
                    }
                    Long asked = favouriteAskedAt.get(request.name());
                    return asked != null && System.nanoTime() - asked < INTEREST_NANOS
                            ? CompletableFuture.completedFuture(AttemptOutcome.Contended.of(null, null))
                            : super.attempt(request);
                }
            };
        }
    }

    /** A subscription is taken, and forgotten. */
    static class WakeUpsNeverCome extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public Subscription onReleased(String name, Runnable wakeUp) {
                    return () -> {};
                }
            };
        }
    }

    /** What is promised depends on when one asks. */
    static class PromisesChange extends BrokenSuite {
        private final AtomicLong backends = new AtomicLong();

        @Override
        LockBackend broken(LockBackend sound) {
            long number = backends.incrementAndGet();
            return new ForwardingBackend(sound) {
                @Override
                public Capabilities capabilities() {
                    return promises(super.capabilities())
                            .grace(Duration.ofMillis(50 + number))
                            .build();
                }
            };
        }
    }

    /** A handoff moves the session's lease to another name; whoever knew the old one goes on holding. */
    static class HandoffKeepsThePredecessor extends BrokenSuite {
        private final Map<UUID, Grant> successors = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
                    return super.handOff(grant, request).thenApply(outcome -> {
                        if (outcome.attempted() instanceof AttemptOutcome.Acquired acquired) {
                            successors.put(grant.attemptId(), acquired.grant());
                        }
                        return outcome;
                    });
                }

                @Override
                public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
                    return super.renew(successors.getOrDefault(grant.attemptId(), grant), ttl);
                }
            };
        }
    }

    /** A handoff is a renewal for the next call: the token stays. */
    static class HandoffKeepsTheToken extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
                    return super.handOff(grant, request)
                            .thenApply(outcome -> outcome.attempted() instanceof AttemptOutcome.Acquired
                                    ? new HandoffOutcome(
                                            outcome.released(),
                                            new AttemptOutcome.Acquired(new Grant(
                                                    request.name(), request.attemptId(), grant.token(), request.ttl())))
                                    : outcome);
                }
            };
        }
    }

    /** A handoff overwrites whatever lease there is. */
    static class HandoffWithoutOwnerCheck extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
                    return super.handOff(grant, request)
                            .thenCompose(outcome -> outcome.attempted() instanceof AttemptOutcome.Contended
                                    ? forceRelease(request.name())
                                            .thenCompose(freed -> attempt(request))
                                            .thenApply(attempted -> new HandoffOutcome(outcome.released(), attempted))
                                    : CompletableFuture.completedFuture(outcome));
                }
            };
        }
    }

    /** A handoff writes the new attempt into the lock, and leaves its end as it is. */
    static class SuccessorKeepsTheEnd extends BrokenSuite {
        private final Map<UUID, Duration> ttls = new ConcurrentHashMap<>();

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    ttls.put(request.attemptId(), request.ttl());
                    return super.attempt(request);
                }

                @Override
                public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
                    Duration ttl = ttls.getOrDefault(grant.attemptId(), request.ttl());
                    return super.handOff(grant, with(request, request.name(), ttl));
                }
            };
        }
    }

    /** Where a client has handed a lock to itself for a while, it is released late, since it mostly comes again. */
    static class BusyClientKeepsTheLock extends BrokenSuite {
        private static final int FOR_A_WHILE = 16;

        @Override
        LockBackend broken(LockBackend sound) {
            return new ForwardingBackend(sound) {
                private final Map<String, Integer> streaks = new ConcurrentHashMap<>();
                private final Map<String, Grant> kept = new ConcurrentHashMap<>();

                @Override
                public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
                    streaks.merge(grant.name(), 1, Integer::sum);
                    // in one step: between two steps others would have a chance
                    return sound.handOff(grant, request);
                }

                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    Integer streak = streaks.remove(grant.name());
                    if (streak == null || streak < FOR_A_WHILE) {
                        return super.release(grant);
                    }
                    kept.put(grant.name(), grant);
                    CompletableFuture.delayedExecutor(500, MILLISECONDS).execute(() -> {
                        if (kept.remove(grant.name(), grant)) {
                            super.release(grant);
                        }
                    });
                    return CompletableFuture.completedFuture(new ReleaseOutcome.Released());
                }

                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    Grant own = kept.remove(request.name());
                    return own == null
                            ? super.attempt(request)
                            : sound.handOff(own, request).thenApply(HandoffOutcome::attempted);
                }
            };
        }
    }
}

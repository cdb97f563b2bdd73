package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseListener;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Sound backends under clients with one defect each, of kinds that lock libraries without a common core have had. */
final class BrokenClients {
    private BrokenClients() {}

    /** Clients of a sound memory backend. */
    private abstract static class OnMemory extends BrokenSuite {
        @Override
        LockBackend broken(LockBackend sound) {
            return sound;
        }
    }

    /** Ownership is a matter of threads, as with the locks of the JDK. */
    static class LeaseIsBoundToItsThread extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new ForwardingClient(super.open(builder)) {
                @Override
                Lease changed(Lease lease) {
                    Thread owner = Thread.currentThread();
                    return new ForwardingLease(lease) {
                        @Override
                        public ReleaseOutcome release() {
                            if (Thread.currentThread() != owner) {
                                throw new IllegalMonitorStateException("not locked by this thread");
                            }
                            return super.release();
                        }
                    };
                }
            };
        }
    }

    /** The token is looked up at the server whenever it is asked for. */
    static class TokenIsReadAgain extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            LockClient client = super.open(builder);
            return new ForwardingClient(client) {
                @Override
                Lease changed(Lease lease) {
                    return new ForwardingLease(lease) {
                        @Override
                        public FencingToken token() {
                            return client.inspectAsync(name())
                                    .join()
                                    .map(LockState::token)
                                    .orElseGet(super::token);
                        }
                    };
                }
            };
        }
    }

    /** Every end of a lease is announced as a loss. */
    static class ReleaseIsAnnouncedAsLoss extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new ForwardingClient(super.open(builder)) {
                @Override
                Lease changed(Lease lease) {
                    return new ForwardingLease(lease) {
                        @Override
                        public Subscription onStateChange(LeaseListener listener) {
                            return super.onStateChange((which, state) ->
                                    listener.stateChanged(which, state.isFinal() ? LeaseState.LOST : state));
                        }
                    };
                }
            };
        }
    }

    /** Listeners are called on one thread of the client. */
    static class ListenersShareAThread extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            Executor one = Executors.newSingleThreadExecutor(task -> {
                Thread thread = new Thread(task, "listeners");
                thread.setDaemon(true);
                return thread;
            });
            return new ForwardingClient(super.open(builder)) {
                @Override
                Lease changed(Lease lease) {
                    return new ForwardingLease(lease) {
                        @Override
                        public Subscription onStateChange(LeaseListener listener) {
                            return super.onStateChange(listener, one);
                        }
                    };
                }
            };
        }
    }

    /** An interrupted wait ends for the thread, and goes on in the queue. */
    static class InterruptLeavesTheQueueEntry extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new ForwardingClient(super.open(builder)) {
                @Override
                public DistributedLock lock(String name, LockOptions options) {
                    return new Lock(super.lock(name, options)) {
                        @Override
                        public Lease acquire() throws InterruptedException {
                            try {
                                return acquireAsync().get();
                            } catch (ExecutionException e) {
                                throw new CompletionException(e.getCause());
                            }
                        }
                    };
                }
            };
        }
    }

    /** The watchdog is a scheduled task, which the executor drops when it throws. */
    static class RenewalDiesSilently extends OnMemory {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new Watchdog(super.open(builder)) {
                @Override
                void renewed(CompletableFuture<RenewOutcome> outcome) {
                    if (outcome.join() instanceof RenewOutcome.Indeterminate unknown) {
                        throw new IllegalStateException(unknown.cause());
                    }
                }
            };
        }
    }

    /** Renews by a scheduler of its own, as many libraries do. */
    private abstract static class Watchdog extends ForwardingClient {
        private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);

        Watchdog(LockClient client) {
            super(client);
        }

        abstract void renewed(CompletableFuture<RenewOutcome> outcome);

        @Override
        public DistributedLock lock(String name, LockOptions options) {
            return new Lock(super.lock(name, options.withRenewal(RenewalPolicy.MANUAL))) {
                @Override
                public Optional<Lease> tryAcquire() throws InterruptedException {
                    Optional<Lease> got = super.tryAcquire();
                    if (options.renewal() == RenewalPolicy.AUTOMATIC) {
                        got.ifPresent(lease -> watch(lease, options.ttl()));
                    }
                    return got;
                }
            };
        }

        private void watch(Lease lease, Duration ttl) {
            long third = ttl.toNanos() / 3;
            scheduler.scheduleAtFixedRate(() -> renewed(lease.renewAsync()), third, third, NANOSECONDS);
        }

        @Override
        public void close() {
            scheduler.shutdownNow();
            super.close();
        }
    }

    /** The client's own deadline is moved when a renewal is sent, and not when it has succeeded. */
    static class DeadlineMovesBeforeTheRenewalSucceeded extends SimulatedSuite {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new Watchdog(super.open(builder)) {
                @Override
                void renewed(CompletableFuture<RenewOutcome> outcome) {}

                @Override
                Lease changed(Lease lease) {
                    return new ForwardingLease(lease) {
                        private volatile long deadline =
                                System.nanoTime() + super.remainingValidity().toNanos();
                        private final CompletableFuture<LossCause> lost = new CompletableFuture<>();

                        @Override
                        public CompletableFuture<RenewOutcome> renewAsync() {
                            deadline =
                                    System.nanoTime() + Duration.ofMillis(250).toNanos();
                            return super.renewAsync();
                        }

                        @Override
                        public LeaseState state() {
                            return deadline - System.nanoTime() > 0 ? LeaseState.HELD : LeaseState.LOST;
                        }

                        @Override
                        public Duration remainingValidity() {
                            return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
                        }

                        @Override
                        public CompletionStage<LossCause> lost() {
                            return lost;
                        }
                    };
                }
            };
        }
    }

    /** A client that is cut off learns of its loss when it hears from the server again. */
    static class LossIsAnnouncedOnReconnection extends SimulatedSuite {
        @Override
        LockClient open(LockClients.Builder builder) {
            return new ForwardingClient(super.open(builder)) {
                @Override
                Lease changed(Lease lease) {
                    return new ForwardingLease(lease) {
                        @Override
                        public CompletionStage<LossCause> lost() {
                            return new CompletableFuture<>();
                        }
                    };
                }
            };
        }
    }
}

package io.fencepost.tck;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Clusters, and clients of them, with one defect each that shows only when something fails. */
final class BrokenClusters {
    private BrokenClusters() {}

    /** The servers within reach are taken for all servers. */
    static class QuorumOfThoseWithinReach extends SimulatedSuite {
        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                boolean isQuorum(long number) {
                    return number > 0;
                }
            };
        }
    }

    /** Operations have no time limit worth the name. */
    static class NoTimeLimit extends SimulatedSuite {
        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                Duration patience() {
                    return Duration.ofSeconds(3);
                }
            };
        }
    }

    /** Replication lags: what a fail-over finds is empty. */
    static class FailOverForgets extends SimulatedSuite {
        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                void onKilled() {
                    replaceSpace(new MemorySpace(TimeSource.SYSTEM));
                }
            };
        }
    }

    /** Declares durability, and keeps everything in the memory of its servers. */
    static class RestartForgets extends SimulatedSuite {
        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                void onKilled() {
                    if (count(Server.KILLED) == SERVERS) {
                        replaceSpace(new MemorySpace(TimeSource.SYSTEM));
                    }
                }
            };
        }
    }

    /** Declares to trust no clock, and judges leases by one that is set. */
    static class LeasesEndByWallClock extends SimulatedSuite {
        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                private volatile long offset;

                @Override
                TimeSource clock() {
                    return () -> System.nanoTime() + offset;
                }

                @Override
                void onClockMoved(Duration by) {
                    offset = by.toNanos();
                }
            };
        }
    }

    /** A cluster whose backends are not the sound ones. */
    private abstract static class WithBackends extends SimulatedSuite {
        abstract SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link);

        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                LockBackend connect(SimulatedLink link) {
                    return backend(this, link);
                }
            };
        }
    }

    /** An attempt that was not answered in time is reported as failed, and forgotten while it is under way. */
    static class LateAttemptIsForgotten extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                AttemptOutcome unanswered(AttemptRequest request, Throwable fault) {
                    return new AttemptOutcome.Unavailable(fault);
                }
            };
        }
    }

    /** What was not answered is taken for a refusal. */
    static class SilenceIsContention extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                AttemptOutcome unanswered(AttemptRequest request, Throwable fault) {
                    giveUp(request);
                    return AttemptOutcome.Contended.of(null, null);
                }
            };
        }
    }

    /** The ttl is set by a second request, which does not come if the answer of the first is lost. */
    static class TtlIsSetAfterTheAnswer extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    AttemptRequest withoutTtl = new AttemptRequest(
                            request.name(),
                            request.attemptId(),
                            Duration.ofHours(1),
                            request.holder(),
                            request.metadata(),
                            request.afterContention());
                    return super.attempt(withoutTtl)
                            .thenCompose(outcome -> outcome instanceof AttemptOutcome.Acquired acquired
                                    ? renew(acquired.grant(), request.ttl())
                                            .thenApply(set -> new AttemptOutcome.Acquired(new Grant(
                                                    request.name(),
                                                    request.attemptId(),
                                                    acquired.grant().token(),
                                                    request.ttl())))
                                    : CompletableFuture.completedFuture(outcome));
                }

                @Override
                AttemptOutcome unanswered(AttemptRequest request, Throwable fault) {
                    return new AttemptOutcome.Indeterminate(fault);
                }
            };
        }
    }

    /** A release that was not answered is said not to have held. */
    static class SilenceIsNotHeld extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                public CompletionStage<ReleaseOutcome> release(Grant grant) {
                    return super.release(grant)
                            .thenApply(outcome -> outcome instanceof ReleaseOutcome.Indeterminate
                                    ? new ReleaseOutcome.NotHeld()
                                    : outcome);
                }
            };
        }
    }

    /** A connection that failed once is not opened again. */
    static class NeverReconnects extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                private volatile boolean broken;

                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    if (broken) {
                        return CompletableFuture.completedFuture(
                                new AttemptOutcome.Unavailable(new KitFault("the connection is closed")));
                    }
                    return super.attempt(request).whenComplete((outcome, never) -> {
                        if (outcome instanceof AttemptOutcome.Unavailable) {
                            broken = true;
                        }
                    });
                }
            };
        }
    }

    /** A waiter that was first in the queue when its connection went takes the lock for its own when it is back. */
    static class QueueEntryOutlivesTheSession extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                private volatile int cutsWhenQueued = -1;
                private volatile long tokenSeen;

                @Override
                public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
                    if (request.afterContention() && cutsWhenQueued >= 0 && link().cuts() > cutsWhenQueued) {
                        return super.inspect(request.name())
                                .thenApply(state -> new AttemptOutcome.Acquired(new Grant(
                                        request.name(),
                                        request.attemptId(),
                                        new FencingToken(tokenSeen + 1),
                                        request.ttl())));
                    }
                    return super.attempt(request).thenCompose(outcome -> {
                        if (!(outcome instanceof AttemptOutcome.Contended)) {
                            return CompletableFuture.completedFuture(outcome);
                        }
                        return super.inspect(request.name()).thenApply(state -> {
                            cutsWhenQueued = link().cuts();
                            state.ifPresent(held -> tokenSeen = held.token().value());
                            return outcome;
                        });
                    });
                }
            };
        }
    }

    /** A handoff that was not answered is taken for done: it hardly ever fails. */
    static class SilenceIsHandedOver extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                HandoffOutcome unanswered(Grant grant, AttemptRequest request, Throwable fault) {
                    return new HandoffOutcome(
                            new ReleaseOutcome.Released(),
                            new AttemptOutcome.Acquired(new Grant(
                                    request.name(),
                                    request.attemptId(),
                                    new FencingToken(grant.token().value() + 1),
                                    request.ttl())));
                }
            };
        }
    }

    /** After a handoff that was not answered only the predecessor is thought of. */
    static class SuccessorIsForgotten extends WithBackends {
        @Override
        SimulatedBackend backend(SimulatedCluster cluster, SimulatedLink link) {
            return new SimulatedBackend(cluster, link) {
                @Override
                HandoffOutcome unanswered(Grant grant, AttemptRequest request, Throwable fault) {
                    release(grant);
                    return new HandoffOutcome(
                            new ReleaseOutcome.Indeterminate(fault), AttemptOutcome.Contended.of(null, null));
                }
            };
        }
    }

    /** A release is tried again until it is answered, and what a later try finds gone is taken for the work of the first. */
    static class LateReleaseTakesTheCredit extends SimulatedSuite {
        private static final Duration TRY = Duration.ofMillis(100);
        private static final int TRIES = 7;

        @Override
        SimulatedCluster cluster() {
            return new SimulatedCluster() {
                @Override
                Duration patience() {
                    return TRY;
                }

                @Override
                LockBackend connect(SimulatedLink link) {
                    return new SimulatedBackend(this, link) {
                        @Override
                        public CompletionStage<ReleaseOutcome> release(Grant grant) {
                            return super.release(grant).thenCompose(first -> again(grant, first, TRIES - 1));
                        }

                        private CompletionStage<ReleaseOutcome> again(Grant grant, ReleaseOutcome last, int left) {
                            if (left == 0 || !(last instanceof ReleaseOutcome.Indeterminate)) {
                                return CompletableFuture.completedFuture(last);
                            }
                            return super.release(grant)
                                    .thenCompose(next -> again(
                                            grant,
                                            next instanceof ReleaseOutcome.NotHeld
                                                    ? new ReleaseOutcome.Released()
                                                    : next,
                                            left - 1));
                        }
                    };
                }
            };
        }
    }
}

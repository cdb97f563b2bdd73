package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A client of a {@link SimulatedCluster}: sends over its link, and gives up after the operation timeout. */
class SimulatedBackend implements LockBackend {
    private final SimulatedCluster cluster;
    private final SimulatedLink link;
    private final Capabilities capabilities;

    SimulatedBackend(SimulatedCluster cluster, SimulatedLink link) {
        this.cluster = cluster;
        this.link = link;
        this.capabilities = cluster.capabilities().build();
    }

    final SimulatedLink link() {
        return link;
    }

    final SimulatedCluster cluster() {
        return cluster;
    }

    @Override
    public final Capabilities capabilities() {
        return capabilities;
    }

    /** The bare operations at the servers. */
    final LockBackend atServers() {
        return cluster.space().connect();
    }

    /** Sends an operation; fails with {@link Refused} if that is certain, and otherwise after the operation timeout. */
    final <T> CompletableFuture<T> send(Supplier<CompletionStage<T>> operation) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable refuse = () -> answer.completeExceptionally(new Refused());
        link.request(
                () -> cluster.execute(
                        () -> operation.get().thenAccept(value -> link.answer(() -> answer.complete(value))), refuse),
                refuse);
        return answer.orTimeout(cluster.patience().toNanos(), NANOSECONDS);
    }

    /** The operation was not carried out, and never will be. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused() {
            super("refused", null, false, false);
        }
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return send(() -> atServers().attempt(request)).exceptionally(fault -> {
            if (fault instanceof Refused) {
                return new AttemptOutcome.Unavailable(fault);
            }
            return unanswered(request, fault);
        });
    }

    /** What an attempt comes to that was not answered. */
    AttemptOutcome unanswered(AttemptRequest request, Throwable fault) {
        giveUp(request);
        return new AttemptOutcome.Indeterminate(fault);
    }

    /** Takes back what the attempt may have been granted, or may be granted yet: the link keeps the order. */
    final void giveUp(AttemptRequest request) {
        release(new Grant(request.name(), request.attemptId(), new FencingToken(1), Duration.ZERO));
    }

    /** In one request, so that one lost answer leaves both outcomes open. */
    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return send(() -> atServers().handOff(grant, request))
                .exceptionally(fault -> fault instanceof Refused
                        ? new HandoffOutcome(
                                new ReleaseOutcome.Indeterminate(fault), new AttemptOutcome.Unavailable(fault))
                        : unanswered(grant, request, fault));
    }

    /** What a handoff comes to that was not answered. */
    HandoffOutcome unanswered(Grant grant, AttemptRequest request, Throwable fault) {
        release(grant);
        giveUp(request);
        return new HandoffOutcome(new ReleaseOutcome.Indeterminate(fault), new AttemptOutcome.Indeterminate(fault));
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return send(() -> atServers().renew(grant, ttl)).exceptionally(RenewOutcome.Indeterminate::new);
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return send(() -> atServers().release(grant)).exceptionally(ReleaseOutcome.Indeterminate::new);
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return send(() -> atServers().forceRelease(name)).exceptionally(ReleaseOutcome.Indeterminate::new);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return send(() -> atServers().inspect(name))
                .exceptionallyCompose(fault -> CompletableFuture.failedFuture(
                        new LockUnavailableException("the servers do not answer", fault)));
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return atServers().onReleased(name, () -> link.answer(wakeUp));
    }

    @Override
    public void close() {}
}

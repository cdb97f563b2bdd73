package io.fencepost.lock.memory;

import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One client's view of a {@link MemorySpace}. Every operation is one atomic step and is answered before the call returns, so no outcome is ever unknown.
 *
 * <p>What breaks it: nothing but the end of the process, which takes locks and tokens with it. A pause of the whole process pauses holder and clock-reader alike, but a paused <i>thread</i> can
 * outlive its lease as with any backend.
 */
final class MemoryBackend implements LockBackend {
    private static final Capabilities CAPABILITIES = Capabilities.builder(
                    MemoryLockProvider.SCHEME, FencingClass.PROCESS)
            .guarantee("Exclusion within one process, by one linearizable map; ends with the process.")
            .clockTrust(ClockTrust.NONE)
            .ttlRange(Duration.ofMillis(1), Duration.ofDays(365))
            // one clock judges both sides
            .drift(0, Duration.ZERO)
            .grace(Duration.ofMillis(50))
            .wakeUps(true)
            .cohortHandoff(true)
            .handoffBound(Duration.ofMillis(500))
            .build();

    private static final CompletableFuture<ReleaseOutcome> RELEASED =
            CompletableFuture.completedFuture(new ReleaseOutcome.Released());
    private static final CompletableFuture<ReleaseOutcome> NOT_HELD =
            CompletableFuture.completedFuture(new ReleaseOutcome.NotHeld());

    private final MemorySpace space;

    MemoryBackend(MemorySpace space) {
        this.space = space;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return CompletableFuture.completedFuture(outcome(request, space.acquire(request)));
    }

    private AttemptOutcome outcome(AttemptRequest request, MemorySpace.Held held) {
        return held.attemptId().equals(request.attemptId())
                ? new AttemptOutcome.Acquired(
                        new Grant(request.name(), request.attemptId(), held.token(), request.ttl()))
                : AttemptOutcome.Contended.of(remaining(held), held.holder());
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        MemorySpace.Handoff handoff = space.handOff(grant.attemptId(), request);
        return CompletableFuture.completedFuture(new HandoffOutcome(
                (handoff.wasHeld() ? RELEASED : NOT_HELD).join(), outcome(request, handoff.after())));
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return CompletableFuture.completedFuture(
                space.renew(grant.name(), grant.attemptId(), ttl.toNanos())
                        ? new RenewOutcome.Renewed(ttl)
                        : new RenewOutcome.Lost(LossCause.NOT_OWNER));
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return space.release(grant.name(), grant.attemptId()) ? RELEASED : NOT_HELD;
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return space.release(name, null) ? RELEASED : NOT_HELD;
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return CompletableFuture.completedFuture(Optional.ofNullable(space.inForce(name))
                .map(held -> new LockState(
                        name, held.holder(), held.token(), Optional.of(remaining(held)), held.metadata())));
    }

    private Duration remaining(MemorySpace.Held held) {
        return Duration.ofNanos(Math.max(0, held.expiresAt() - space.now()));
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        space.subscribe(name, wakeUp);
        return () -> space.unsubscribe(name, wakeUp);
    }

    /** Nothing to end: what was not released ends by its ttl. */
    @Override
    public void close() {}
}

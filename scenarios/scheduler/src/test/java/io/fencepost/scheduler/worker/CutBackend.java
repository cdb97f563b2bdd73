package io.fencepost.scheduler.worker;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client's backend that can be cut off from the locks: then no request arrives, and every answer is that nobody answered. */
final class CutBackend implements LockBackend {
    private final LockBackend backend;
    private volatile boolean cut;

    CutBackend(MemorySpace space) {
        backend = space.connect();
    }

    void cut(boolean value) {
        cut = value;
    }

    private static IOException noAnswer() {
        return new IOException("cut off");
    }

    @Override
    public Capabilities capabilities() {
        return backend.capabilities();
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return cut
                ? CompletableFuture.completedFuture(new AttemptOutcome.Unavailable(noAnswer()))
                : backend.attempt(request);
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return cut
                ? CompletableFuture.completedFuture(new HandoffOutcome(
                        new ReleaseOutcome.Indeterminate(noAnswer()), new AttemptOutcome.Unavailable(noAnswer())))
                : backend.handOff(grant, request);
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return cut
                ? CompletableFuture.completedFuture(new RenewOutcome.Indeterminate(noAnswer()))
                : backend.renew(grant, ttl);
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return cut
                ? CompletableFuture.completedFuture(new ReleaseOutcome.Indeterminate(noAnswer()))
                : backend.release(grant);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return cut ? CompletableFuture.failedFuture(noAnswer()) : backend.inspect(name);
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return cut
                ? CompletableFuture.completedFuture(new ReleaseOutcome.Indeterminate(noAnswer()))
                : backend.forceRelease(name);
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return backend.onReleased(name, wakeUp);
    }

    @Override
    public void close() {
        backend.close();
    }
}

package io.fencepost.lock.recipe;

import io.fencepost.lock.LockState;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A backend that notes what it is asked, and answers as another one unless a test says otherwise. */
final class FaultyBackend implements LockBackend {
    final IllegalStateException fault = new IllegalStateException("as the test wants it");

    private final LockBackend real;

    final List<String> attempts = new CopyOnWriteArrayList<>();
    final List<String> releases = new CopyOnWriteArrayList<>();

    /** What an attempt is answered instead of being made. */
    volatile Function<AttemptRequest, Optional<AttemptOutcome>> onAttempt = request -> Optional.empty();

    /** Whether renewals are made; otherwise they are indeterminate. */
    volatile boolean renewing = true;

    /** The lock whose releases are not answered before {@link #breakSilence}. */
    volatile String silentRelease = "";

    private final CompletableFuture<ReleaseOutcome> silence = new CompletableFuture<>();

    /** Makes a grant look as if it had come with that validity. */
    volatile Function<Grant, Duration> validity = Grant::validity;

    FaultyBackend(LockBackend real) {
        this.real = real;
    }

    @Override
    public Capabilities capabilities() {
        return real.capabilities();
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        attempts.add(request.name());
        Optional<AttemptOutcome> instead = onAttempt.apply(request);
        return instead.isPresent()
                ? CompletableFuture.completedFuture(instead.get())
                : real.attempt(request).thenApply(this::changed);
    }

    private AttemptOutcome changed(AttemptOutcome outcome) {
        return outcome instanceof AttemptOutcome.Acquired acquired
                ? new AttemptOutcome.Acquired(new Grant(
                        acquired.grant().name(),
                        acquired.grant().attemptId(),
                        acquired.grant().token(),
                        validity.apply(acquired.grant())))
                : outcome;
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return renewing
                ? real.renew(grant, ttl)
                : CompletableFuture.completedFuture(new RenewOutcome.Indeterminate(fault));
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        releases.add(grant.name());
        return grant.name().equals(silentRelease) ? silence : real.release(grant);
    }

    void breakSilence() {
        silence.complete(new ReleaseOutcome.Indeterminate(fault));
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return real.handOff(grant, request);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return real.inspect(name);
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return real.forceRelease(name);
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return real.onReleased(name, wakeUp);
    }

    @Override
    public void close() {
        real.close();
    }
}

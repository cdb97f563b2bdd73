package io.fencepost.tck;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Passes everything on: the base of what the kit puts between core and backend.
 *
 * <p>All but {@link #handOff}, which is left as the interface composes it. So it goes through the {@link #release} and the {@link #attempt} of the subclass: what is delayed, counted or spoiled there is so
 * in a handoff too.
 */
class ForwardingBackend implements LockBackend {
    private final LockBackend backend;

    ForwardingBackend(LockBackend backend) {
        this.backend = backend;
    }

    @Override
    public Capabilities capabilities() {
        return backend.capabilities();
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return backend.attempt(request);
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return backend.renew(grant, ttl);
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return backend.release(grant);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return backend.inspect(name);
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return backend.forceRelease(name);
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

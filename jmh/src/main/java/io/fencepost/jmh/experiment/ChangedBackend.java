package io.fencepost.jmh.experiment;

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
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** A provider's backend whose promises or requests are changed on the way. */
final class ChangedBackend implements LockBackend {
    private final LockBackend backend;
    private final Capabilities capabilities;
    private final UnaryOperator<AttemptRequest> change;

    private ChangedBackend(LockBackend backend, Capabilities capabilities, UnaryOperator<AttemptRequest> change) {
        this.backend = backend;
        this.capabilities = capabilities;
        this.change = change;
    }

    /** Hides that it can hand off, so that every release and every acquire is a round of its own. */
    static LockBackend withoutHandoff(LockBackend backend) {
        return new ChangedBackend(
                backend, backend.capabilities().toBuilder().cohortHandoff(false).build(), UnaryOperator.identity());
    }

    /** Hides that an earlier attempt was contended, so that the backend tries at once instead of looking first. */
    static LockBackend withoutLook(LockBackend backend) {
        return new ChangedBackend(
                backend,
                backend.capabilities(),
                request -> new AttemptRequest(
                        request.name(),
                        request.attemptId(),
                        request.ttl(),
                        request.holder(),
                        request.metadata(),
                        false));
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return backend.attempt(change.apply(request));
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
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        return backend.handOff(grant, change.apply(request));
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

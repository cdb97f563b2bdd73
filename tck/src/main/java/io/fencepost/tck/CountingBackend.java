package io.fencepost.tck;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.LockBackend;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what is asked of the backend by name. */
final class CountingBackend extends ForwardingBackend {
    private final AtomicInteger calls = new AtomicInteger();

    CountingBackend(LockBackend backend) {
        super(backend);
    }

    int calls() {
        return calls.get();
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        calls.incrementAndGet();
        return super.attempt(request);
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        calls.incrementAndGet();
        return super.inspect(name);
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        calls.incrementAndGet();
        return super.forceRelease(name);
    }
}

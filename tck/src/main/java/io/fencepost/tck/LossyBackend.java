package io.fencepost.tck;

import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Drops the answer of every attempt that was granted, and takes the grant back, as a provider does that could clean up.
 */
final class LossyBackend extends ForwardingBackend {
    private final GrantLog grants;
    private final AtomicInteger dropped;

    /** @param dropped counts the answers that were */
    LossyBackend(LockBackend backend, GrantLog grants, AtomicInteger dropped) {
        super(backend);
        this.grants = grants;
        this.dropped = dropped;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        long invokedAt = System.nanoTime();
        return super.attempt(request).thenCompose(outcome -> {
            if (outcome instanceof AttemptOutcome.Acquired acquired) {
                Grant grant = acquired.grant();
                grants.add(grant.token(), invokedAt, System.nanoTime());
                return release(grant).thenApply(released -> {
                    dropped.incrementAndGet();
                    return new AttemptOutcome.Indeterminate(new KitFault("the kit dropped this answer"));
                });
            }
            return CompletableFuture.completedFuture(outcome);
        });
    }
}

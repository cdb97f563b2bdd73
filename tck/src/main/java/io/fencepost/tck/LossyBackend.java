package io.fencepost.tck;

import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Drops the answer of every attempt that was granted, and takes the grant back, as a provider does that could clean up.
 */
final class LossyBackend extends ForwardingBackend {
    private final GrantLog grants;

    LossyBackend(LockBackend backend, GrantLog grants) {
        super(backend);
        this.grants = grants;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        long invokedAt = System.nanoTime();
        return super.attempt(request).thenCompose(outcome -> {
            if (outcome instanceof AttemptOutcome.Acquired acquired) {
                Grant grant = acquired.grant();
                grants.add(grant.token(), invokedAt, System.nanoTime());
                return release(grant)
                        .thenApply(released ->
                                new AttemptOutcome.Indeterminate(new KitFault("the kit dropped this answer")));
            }
            return CompletableFuture.completedFuture(outcome);
        });
    }
}

package io.fencepost.tck;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Holds attempts, or the answers of attempts and renewals, back for a while, like a slow network on the way there or back. */
final class DelayingBackend extends ForwardingBackend {
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration requestDelay = Duration.ZERO;

    DelayingBackend(LockBackend backend) {
        super(backend);
    }

    void delayAnswersBy(Duration newDelay) {
        this.delay = newDelay;
    }

    void delayRequestsBy(Duration newDelay) {
        this.requestDelay = newDelay;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        Duration now = requestDelay;
        return now.isZero()
                ? delayed(super.attempt(request))
                : CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(now.toNanos(), NANOSECONDS))
                        .thenCompose(waited -> delayed(super.attempt(request)));
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return delayed(super.renew(grant, ttl));
    }

    private <T> CompletionStage<T> delayed(CompletionStage<T> answer) {
        Duration now = delay;
        return now.isZero()
                ? answer
                : answer.thenApplyAsync(value -> value, CompletableFuture.delayedExecutor(now.toNanos(), NANOSECONDS));
    }
}

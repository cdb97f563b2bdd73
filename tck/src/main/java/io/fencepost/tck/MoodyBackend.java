package io.fencepost.tck;

import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Spoils every second renewal of each lock, in three ways by turns, and counts them all. */
final class MoodyBackend extends ForwardingBackend {
    private final Map<String, AtomicLong> renewals = new ConcurrentHashMap<>();

    MoodyBackend(LockBackend backend) {
        super(backend);
    }

    /** How many renewals of the lock were asked for. */
    long renewals(String name) {
        AtomicLong count = renewals.get(name);
        return count == null ? 0 : count.get();
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        long number =
                renewals.computeIfAbsent(grant.name(), name -> new AtomicLong()).getAndIncrement();
        if (number % 2 == 1) {
            return super.renew(grant, ttl);
        }
        KitFault fault = new KitFault("the kit spoiled this renewal");
        return switch ((int) (number / 2 % 3)) {
            case 0 -> throw fault;
            case 1 -> CompletableFuture.failedFuture(fault);
            default -> CompletableFuture.completedFuture(new RenewOutcome.Indeterminate(fault));
        };
    }
}

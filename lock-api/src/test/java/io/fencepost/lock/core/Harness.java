package io.fencepost.lock.core;

import io.fencepost.lock.Backoff;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.RenewalPolicy;
import java.time.Duration;
import java.util.Map;

/** A client over a {@link ScriptedBackend} and a {@link ManualTime}, with callbacks in the calling thread. */
final class Harness {
    static final Duration TTL = Duration.ofSeconds(10);
    /** 10 s, less one percent, less 2 ms. */
    static final Duration USABLE = Duration.ofMillis(9_898);

    static final Duration PAUSE = Duration.ofMillis(50);
    static final Backoff FIXED = (failures, random) -> PAUSE;

    final ScriptedBackend backend = new ScriptedBackend();
    final ManualTime time = new ManualTime();
    final DefaultLockClient client = new DefaultLockClient(new ClientContext(
            backend,
            backend.capabilities(),
            "me",
            Map.of("host", "here"),
            time,
            time,
            time,
            new Callbacks() {
                @Override
                public void execute(Runnable task) {
                    task.run();
                }

                @Override
                public void close() {}
            },
            LockObserver.NONE));

    static LockOptions options() {
        return LockOptions.ttl(TTL).withRenewal(RenewalPolicy.MANUAL).withBackoff(FIXED);
    }

    DistributedLock lock() {
        return client.lock("a", options());
    }

    /** A lease granted at once. */
    Lease lease(LockOptions options) {
        var future = client.lock("a", options).acquireAsync();
        backend.grant();
        return future.join();
    }

    Lease automaticLease() {
        return lease(options().withRenewal(RenewalPolicy.AUTOMATIC));
    }
}

package io.fencepost.lock.recipe;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Two clients of one space, {@link #us} over a backend that can be made to fail, and one clock for all that a test can push forward: what was paused for that long. Closed after each test.
 */
final class Peers implements AfterEachCallback {
    /** Long enough that nothing runs out by itself. */
    static final Duration TTL = Duration.ofSeconds(60);

    private final AtomicLong pushed = new AtomicLong();
    private final TimeSource time = () -> System.nanoTime() + pushed.get();
    private final MemorySpace space = new MemorySpace(time);
    private final List<AutoCloseable> toClose = new ArrayList<>();

    final FaultyBackend backend = new FaultyBackend(space.connect());
    final LockClient us =
            LockClients.builder(backend).holder("us").timeSource(time).open();
    final LockClient them =
            LockClients.builder(space.connect()).holder("them").timeSource(time).open();

    static LockOptions options() {
        return LockOptions.ttl(TTL);
    }

    /** Leases that nobody renews. */
    static LockOptions manual(Duration ttl) {
        return LockOptions.ttl(ttl).withRenewal(RenewalPolicy.MANUAL);
    }

    void push(Duration by) {
        pushed.addAndGet(by.toNanos());
    }

    /** A lease of the other client, which nobody renews. */
    Lease theirs(String name) throws InterruptedException {
        return them.lock(name, manual(TTL)).tryAcquire().orElseThrow();
    }

    boolean isFree(String name) throws InterruptedException {
        return them.inspect(name).isEmpty();
    }

    String holderOf(String name) throws InterruptedException {
        return them.inspect(name).map(state -> state.holder()).orElse("nobody");
    }

    /** Takes the lock from whoever holds it, without its client knowing. */
    void take(String name) throws InterruptedException {
        them.forceRelease(name);
    }

    /** Is closed after the test, before the clients, in the reverse order. */
    <T extends AutoCloseable> T closing(T resource) {
        toClose.add(0, resource);
        return resource;
    }

    @Override
    public void afterEach(ExtensionContext test) throws Exception {
        for (AutoCloseable resource : toClose) {
            resource.close();
        }
        backend.breakSilence();
        us.close();
        them.close();
    }
}

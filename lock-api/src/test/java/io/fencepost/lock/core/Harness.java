package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Backoff;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.spi.Capabilities;
import java.lang.management.LockInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongUnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A client over a {@link ScriptedBackend} and a {@link ManualTime}, with callbacks in the calling thread unless a test keeps them back. After each test no lock of the core may be held:
 * one that a path forgot to unlock would stop every other thread.
 */
final class Harness implements AfterEachCallback {
    static final Duration TTL = Duration.ofSeconds(10);
    /** 10 s, less one percent, less 2 ms. */
    static final Duration USABLE = Duration.ofMillis(9_898);

    static final Duration PAUSE = Duration.ofMillis(50);
    static final Backoff FIXED = (failures, random) -> PAUSE;

    private final Set<Integer> heldBefore = locksHeld();

    /** What the client has closed, in that order. */
    final List<String> closed = new ArrayList<>();

    final ScriptedBackend backend;
    final ManualTime time = new ManualTime();
    final ManualCallbacks callbacks = new ManualCallbacks(closed);
    final RecordingObserver observer = new RecordingObserver();
    /** What the context draws from 0 to the number given. */
    LongUnaryOperator draw = most -> 0;

    final ClientContext context;
    final DefaultLockClient client;

    Harness() {
        this(ScriptedBackend.capabilities(true));
    }

    Harness(Capabilities capabilities) {
        backend = new ScriptedBackend(capabilities, closed);
        context = new ClientContext(
                backend,
                capabilities,
                "me",
                Map.of("host", "here"),
                time,
                timers("wait timers"),
                timers("lease timers"),
                callbacks,
                observer,
                new AttemptIds(),
                most -> draw.applyAsLong(most));
        client = new DefaultLockClient(context);
    }

    private Timers timers(String what) {
        return new Timers() {
            @Override
            public Alarm alarm(Runnable task) {
                return time.alarm(task);
            }

            @Override
            public void close() {
                closed.add(what);
                time.close();
            }
        };
    }

    @Override
    public void afterEach(ExtensionContext test) {
        requireNoLockHeld();
    }

    /** The rule of the core for calls that leave it, and for all threads that have left it. What the thread held before this harness was made is not the harness's. */
    void requireNoLockHeld() {
        Set<Integer> held = locksHeld();
        held.removeAll(heldBefore);
        assertThat(held).as("locks that this thread holds").isEmpty();
    }

    /** The identities of the locks that this thread holds, also of those that nobody refers to any more. */
    private static Set<Integer> locksHeld() {
        ThreadInfo here = ManagementFactory.getThreadMXBean()
                .getThreadInfo(new long[] {Thread.currentThread().getId()}, false, true)[0];
        return Arrays.stream(here.getLockedSynchronizers())
                .filter(lock -> lock.getClassName().startsWith(ReentrantLock.class.getName()))
                .map(LockInfo::getIdentityHashCode)
                .collect(Collectors.toSet());
    }

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
        return done(future);
    }

    Lease automaticLease() {
        return lease(options().withRenewal(RenewalPolicy.AUTOMATIC));
    }

    /** The value of a future that must be complete by now: one that is not fails the test instead of stopping it. */
    static <T> T done(CompletableFuture<T> future) {
        assertThat(future).isCompleted();
        return future.join();
    }
}

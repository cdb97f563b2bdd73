package io.fencepost.lock.core;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.Capabilities;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client: one {@link LockQueue} for each lock in use, and for a few that were, since a lock that was used will often be again. */
final class DefaultLockClient implements LockClient {
    private static final Logger log = LoggerFactory.getLogger(DefaultLockClient.class);

    /** How long {@link #close} waits for releases and for attempts under way. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    /** How many queues there may be so that one nobody uses any more is kept. */
    private static final int KEPT_QUEUES = 64;

    private final ClientContext context;
    private final ConcurrentHashMap<String, LockQueue> queues = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();

    DefaultLockClient(ClientContext context) {
        this.context = context;
    }

    @Override
    public String holder() {
        return context.holder();
    }

    @Override
    public Capabilities capabilities() {
        return context.capabilities();
    }

    Executor callbacks() {
        return context.callbacks();
    }

    @Override
    public DistributedLock lock(String name, LockOptions options) {
        String checked = Names.checked(name);
        Capabilities can = capabilities();
        Duration ttl = options.ttl();
        if (ttl.compareTo(can.minTtl()) < 0 || ttl.compareTo(can.maxTtl()) > 0) {
            throw new IllegalArgumentException("the ttl for lock '" + name + "' is " + ttl + "; " + can.provider()
                    + " allows " + can.minTtl() + " to " + can.maxTtl());
        }
        requireOpen(checked);
        return new DefaultLock(this, checked, options);
    }

    Waiter submit(String name, LockOptions options, long waitNanos) {
        Waiter waiter = new Waiter(options, waitNanos, context.time().nanoTime());
        LockQueue queue;
        do {
            requireOpen(name);
            queue = queueOf(name);
        } while (!queue.submit(waiter));
        if (closed.get()) {
            // the close may have missed a queue that was made beside it
            queue.close();
        }
        return waiter;
    }

    private LockQueue queueOf(String name) {
        LockQueue queue = queues.get(name);
        return queue != null ? queue : queues.computeIfAbsent(name, n -> new LockQueue(n, context, this::unused));
    }

    void cancel(String name, Waiter waiter) {
        LockQueue queue = queues.get(name);
        if (queue == null) {
            // it was dropped, so the waiter has its outcome
            return;
        }
        queue.cancel(waiter);
    }

    private void unused(LockQueue queue) {
        if (closed.get() || queues.mappingCount() > KEPT_QUEUES) {
            drop(queue);
        }
    }

    private void drop(LockQueue queue) {
        if (queue.retire()) {
            queues.remove(queue.name(), queue);
        }
        if (closed.get() && queues.isEmpty()) {
            drained.complete(null);
        }
    }

    private void requireOpen(String name) {
        if (closed.get()) {
            throw closed(name);
        }
    }

    LockClosedException closed(String name) {
        return new LockClosedException(
                capabilities().provider() + ": the client is closed; lock '" + name + "' cannot be used through it",
                null,
                name,
                holder(),
                null);
    }

    @Override
    public Optional<LockState> inspect(String name) throws InterruptedException {
        try {
            return inspectAsync(name).get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw cause instanceof LockUnavailableException unavailable
                    ? unavailable
                    : DefaultLock.unavailable(capabilities().provider(), name, e);
        }
    }

    @Override
    public CompletableFuture<Optional<LockState>> inspectAsync(String name) {
        String checked = Names.checked(name);
        requireOpen(checked);
        CompletionStage<Optional<LockState>> stage;
        try {
            stage = context.backend().inspect(checked);
        } catch (RuntimeException e) {
            stage = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Optional<LockState>> user = new CompletableFuture<>();
        stage.whenCompleteAsync(
                (state, fault) -> {
                    if (fault == null) {
                        user.complete(state);
                    } else {
                        user.completeExceptionally(
                                DefaultLock.unavailable(capabilities().provider(), checked, fault));
                    }
                },
                context.callbacks());
        return user;
    }

    @Override
    public ReleaseOutcome forceRelease(String name) throws InterruptedException {
        String checked = Names.checked(name);
        requireOpen(checked);
        log.warn("{}: lock '{}' is released by force by {}", capabilities().provider(), checked, holder());
        try {
            return BackendCalls.guarded(
                            () -> context.backend().forceRelease(checked), ReleaseOutcome.Indeterminate::new)
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a guarded call never fails", e);
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        queues.values().forEach(queue -> {
            queue.close();
            drop(queue);
        });
        if (queues.isEmpty()) {
            drained.complete(null);
        }
        try {
            drained.get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            log.warn(
                    "{}: {} locks of {} were not released within {}; they are free after their ttl",
                    capabilities().provider(),
                    queues.size(),
                    holder(),
                    CLOSE_LIMIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing fails this future", e);
        } finally {
            context.waitTimers().close();
            context.leaseTimers().close();
            context.backend().close();
            context.callbacks().close();
        }
    }

    @Override
    public String toString() {
        return "lock client " + holder() + " of " + capabilities().provider();
    }
}

package io.fencepost.lock.core;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseListener;
import io.fencepost.lock.LeaseLostException;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockObserver.RenewalResult;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease, its validity and its renewal.
 *
 * <p>{@link #validUntil} moves only when a renewal was confirmed; a lease that is {@code LOST} or {@code RELEASED} stays so. One timer is armed for whatever comes first: the
 * next renewal or the end of validity. Because a timer may be late, every reader of the state looks at the clock too.
 *
 * <p>Operations at the backend go one after the other ({@link #inOrder}), so that a release never overtakes a renewal and a provider need not think about both at once. A lease that
 * expires is released at the backend behind whatever renewal is still under way: the application was told of the loss, so nothing may keep the lock for it.
 */
final class DefaultLease implements Lease {
    private static final Logger log = LoggerFactory.getLogger(DefaultLease.class);

    /** Up to half of its interval, so that thousands of leases acquired in one go are not renewed in one go. */
    private static final int FIRST_RENEWAL_EARLIER = 2;
    /** Up to a tenth, so that what came together by chance comes apart. */
    private static final int RENEWAL_EARLIER = 10;

    private static final long LEAST_RETRY_NANOS = Duration.ofMillis(10).toNanos();

    private final ClientContext context;
    private final LockQueue queue;
    private final LockOptions options;
    private final Grant grant;
    private final long heldSince;
    /** That of the queue: a lease and its queue are used by the same few threads. */
    private final ReentrantLock lock;

    // all guarded by lock; what most leases never need is made when it is asked for
    private @Nullable Listeners listeners;
    private @Nullable CompletableFuture<LossCause> lost;
    private LeaseState state = LeaseState.HELD;
    private long validUntil;
    private long renewAt;
    private boolean renewing;
    /** Whether the local queue has been told that this lease is over. */
    private boolean ended;

    private @Nullable LossCause lossCause;
    private @Nullable ReleaseOutcome released;
    /** When the renewal under way makes the lease suspect if it is not answered. */
    private long suspectAt;

    private @Nullable ArrayDeque<Operation<?>> operations;
    private boolean operating;
    private final Timers.Alarm alarm;

    DefaultLease(
            ClientContext context, LockQueue queue, LockOptions options, Grant grant, long sentAt, long validUntil) {
        this.context = context;
        this.queue = queue;
        this.options = options;
        this.grant = grant;
        this.heldSince = sentAt;
        this.lock = queue.lock();
        this.alarm = context.leaseTimers().alarm(this::tick);
        this.validUntil = validUntil;
        this.renewAt = sentAt + renewalInterval(grant.validity(), FIRST_RENEWAL_EARLIER);
    }

    /** A third of the validity, or less by up to {@code share} of that. */
    private long renewalInterval(Duration validity, int share) {
        long interval = Durations.saturatedNanos(validity) / 3;
        return interval - context.upTo().applyAsLong(interval / share);
    }

    /** Arms the timer. Apart from the constructor so that no other thread sees a half-made lease. */
    void start() {
        lock.lock();
        try {
            arm();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return grant.name();
    }

    @Override
    public String holder() {
        return context.holder();
    }

    @Override
    public FencingToken token() {
        return grant.token();
    }

    @Override
    public LeaseState state() {
        expireIfDue();
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Duration remainingValidity() {
        lock.lock();
        try {
            return Duration.ofNanos(state.isFinal() ? 0 : Math.max(0, validUntil - now()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void ensureValid(Duration needed) {
        if (needed.isNegative()) {
            throw new IllegalArgumentException("the validity needed is " + needed + "; allowed is zero or more");
        }
        LeaseState seen = state();
        Duration remaining = remainingValidity();
        if (seen.isFinal() || remaining.compareTo(needed) < 0) {
            throw new LeaseLostException(
                    "lease of lock '" + name() + "' with token " + token() + " is " + seen + ", valid for " + remaining
                            + ", and " + needed + " is needed",
                    null,
                    name(),
                    holder(),
                    token());
        }
    }

    /** Whether another attempt of this client would find the lock held by this lease. Changes nothing. */
    boolean keepsOthersWaiting() {
        lock.lock();
        try {
            return !ended && (state == LeaseState.RELEASED || validUntil - now() > 0);
        } finally {
            lock.unlock();
        }
    }

    AcquireOutcome asContended() {
        return new AcquireOutcome.Contended(Optional.of(remainingValidity()), Optional.of(holder()));
    }

    // ---- renewal

    @Override
    public RenewOutcome renew() throws InterruptedException {
        try {
            return inOrder(this::renewNow).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a renewal never fails", e);
        }
    }

    @Override
    public CompletableFuture<RenewOutcome> renewAsync() {
        return forUsers(inOrder(this::renewNow));
    }

    private CompletionStage<RenewOutcome> renewNow() {
        expireIfDue();
        long sentAt;
        lock.lock();
        try {
            RenewOutcome over = overOrNull();
            if (over != null) {
                return CompletableFuture.completedFuture(over);
            }
            renewing = true;
            sentAt = now();
            suspectAt = sentAt + Durations.saturatedNanos(options.ttl()) / 3;
            arm();
        } finally {
            lock.unlock();
        }
        return BackendCalls.guarded(
                        () -> context.backend().renew(grant, options.ttl()), RenewOutcome.Indeterminate::new)
                .thenApply(outcome -> renewed(outcome, sentAt));
    }

    private @Nullable RenewOutcome overOrNull() {
        if (state == LeaseState.RELEASED) {
            return new RenewOutcome.Released();
        }
        return lossCause == null ? null : new RenewOutcome.Lost(lossCause);
    }

    private RenewOutcome renewed(RenewOutcome answer, long sentAt) {
        expireIfDue();
        long now = now();
        RenewOutcome outcome = answer;
        List<Listeners.Registration> toTell = List.of();
        LossCause loss = null;
        lock.lock();
        try {
            renewing = false;
            RenewOutcome over = overOrNull();
            if (over != null) {
                // released or expired meanwhile: in both cases a release waits behind this renewal and undoes it
                outcome = over;
            } else if (answer instanceof RenewOutcome.Renewed confirmed) {
                long until = sentAt + context.usableNanos(confirmed.validity());
                validUntil = until;
                renewAt = sentAt + renewalInterval(confirmed.validity(), RENEWAL_EARLIER);
                if (state == LeaseState.SUSPECT) {
                    state = LeaseState.HELD;
                    toTell = enqueue(state);
                }
            } else if (answer instanceof RenewOutcome.Lost refused) {
                loss = refused.cause();
            } else {
                if (state == LeaseState.HELD) {
                    state = LeaseState.SUSPECT;
                    toTell = enqueue(state);
                }
                long interval = Durations.saturatedNanos(options.ttl()) / 3;
                renewAt = now + Math.max(LEAST_RETRY_NANOS, Math.min(interval, (validUntil - now) / 3));
            }
            arm();
        } finally {
            lock.unlock();
        }
        if (outcome instanceof RenewOutcome.Renewed) {
            // a promise that was shorter than its answer took is none
            expireIfDue();
            outcome = lossOr(outcome);
        }
        context.observer().renewed(name(), resultOf(answer), Duration.ofNanos(now - sentAt));
        if (answer instanceof RenewOutcome.Indeterminate unknown) {
            log.warn(
                    "{}: renewal of lock '{}' with token {} did not succeed; valid for another {}",
                    context.capabilities().provider(),
                    name(),
                    token(),
                    remainingValidity(),
                    unknown.cause());
        }
        toTell.forEach(Listeners.Registration::start);
        if (loss != null) {
            lose(loss);
        }
        return outcome;
    }

    private RenewOutcome lossOr(RenewOutcome outcome) {
        lock.lock();
        try {
            return lossCause == null ? outcome : new RenewOutcome.Lost(lossCause);
        } finally {
            lock.unlock();
        }
    }

    private static RenewalResult resultOf(RenewOutcome answer) {
        if (answer instanceof RenewOutcome.Renewed) {
            return RenewalResult.RENEWED;
        }
        return answer instanceof RenewOutcome.Lost ? RenewalResult.LOST : RenewalResult.INDETERMINATE;
    }

    // ---- the timer

    /** Called under the lock. */
    private void arm() {
        if (state.isFinal()) {
            alarm.cancel();
        } else {
            long due = validUntil;
            if (renewing) {
                if (state == LeaseState.HELD && suspectAt - due < 0) {
                    due = suspectAt;
                }
            } else if (options.renewal() == RenewalPolicy.AUTOMATIC && renewAt - due < 0) {
                due = renewAt;
            }
            alarm.set(due - now());
        }
    }

    private void tick() {
        expireIfDue();
        boolean due;
        List<Listeners.Registration> toTell = List.of();
        lock.lock();
        try {
            if (renewing && state == LeaseState.HELD && suspectAt - now() <= 0) {
                state = LeaseState.SUSPECT;
                toTell = enqueue(state);
            }
            due = options.renewal() == RenewalPolicy.AUTOMATIC && !state.isFinal() && !renewing && renewAt - now() <= 0;
            if (!due) {
                arm();
            }
        } finally {
            lock.unlock();
        }
        toTell.forEach(Listeners.Registration::start);
        if (due) {
            inOrder(this::renewNow);
        }
    }

    // ---- loss

    private void expireIfDue() {
        boolean due;
        lock.lock();
        try {
            due = !state.isFinal() && validUntil - now() <= 0;
        } finally {
            lock.unlock();
        }
        if (due) {
            lose(LossCause.EXPIRED);
        }
    }

    /** Called under the lock. */
    private List<Listeners.Registration> enqueue(LeaseState change) {
        return listeners == null ? List.of() : listeners.enqueue(change);
    }

    private void lose(LossCause cause) {
        List<Listeners.Registration> toTell;
        CompletableFuture<LossCause> awaited;
        lock.lock();
        try {
            if (state.isFinal()) {
                return;
            }
            state = LeaseState.LOST;
            lossCause = cause;
            ended = true;
            awaited = lost;
            toTell = enqueue(state);
            arm();
        } finally {
            lock.unlock();
        }
        try {
            log.info(
                    "{}: lease of lock '{}' with token {} is lost: {}",
                    context.capabilities().provider(),
                    name(),
                    token(),
                    cause);
            if (awaited != null) {
                context.callbacks().execute(() -> awaited.complete(cause));
            }
            toTell.forEach(Listeners.Registration::start);
            context.observer().lost(name(), cause, Duration.ofNanos(now() - heldSince));
        } finally {
            // also where no thread is to be had for the news
            if (cause == LossCause.EXPIRED) {
                // the backend may still keep it, because its clock runs later or a renewal arrives late
                inOrder(this::releaseNow);
            }
            queue.leaseEnded(this);
        }
    }

    @Override
    public CompletionStage<LossCause> lost() {
        lock.lock();
        try {
            if (lost == null) {
                lost = new CompletableFuture<>();
                if (lossCause != null) {
                    lost.complete(lossCause);
                }
            }
            return lost.minimalCompletionStage();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Subscription onStateChange(LeaseListener listener, Executor executor) {
        expireIfDue();
        Listeners.Registration registration;
        boolean start;
        lock.lock();
        try {
            if (listeners == null) {
                listeners = new Listeners(this, context.callbacks());
            }
            registration = listeners.add(listener, executor);
            start = state == LeaseState.LOST && registration.enqueue(LeaseState.LOST);
        } finally {
            lock.unlock();
        }
        if (start) {
            registration.start();
        }
        return registration;
    }

    @Override
    public Subscription onStateChange(LeaseListener listener) {
        return onStateChange(listener, context.callbacks());
    }

    // ---- release

    @Override
    public ReleaseOutcome release() {
        try {
            return beginRelease().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new ReleaseOutcome.Indeterminate(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a release never fails", e);
        }
    }

    @Override
    public CompletableFuture<ReleaseOutcome> releaseAsync() {
        return forUsers(beginRelease());
    }

    private CompletableFuture<ReleaseOutcome> beginRelease() {
        expireIfDue();
        boolean voluntary;
        List<Listeners.Registration> toTell = List.of();
        lock.lock();
        try {
            voluntary = !state.isFinal();
            if (voluntary) {
                state = LeaseState.RELEASED;
                toTell = enqueue(state);
                arm();
            }
        } finally {
            lock.unlock();
        }
        if (voluntary) {
            toTell.forEach(Listeners.Registration::start);
            context.observer().released(name(), Duration.ofNanos(now() - heldSince));
        }
        return inOrder(this::releaseNow);
    }

    private CompletionStage<ReleaseOutcome> releaseNow() {
        boolean over;
        lock.lock();
        try {
            over = ended;
            if (released != null && !(released instanceof ReleaseOutcome.Indeterminate)) {
                return CompletableFuture.completedFuture(new ReleaseOutcome.NotHeld());
            }
        } finally {
            lock.unlock();
        }
        // a lease that expired is not handed to anybody: the backend may have given the lock away
        Waiter heir = over ? null : queue.heirOf(this);
        if (heir != null) {
            return queue.handOff(this, grant, heir);
        }
        CompletionStage<ReleaseOutcome> stage =
                BackendCalls.guarded(() -> context.backend().release(grant), ReleaseOutcome.Indeterminate::new);
        ReleaseOutcome already = BackendCalls.answerOrNull(stage);
        if (already == null) {
            return stage.thenApply(this::releaseAnswered);
        }
        releaseAnswered(already);
        return stage;
    }

    /** The backend has answered, or its silence has: the lease is over here in any case. */
    ReleaseOutcome releaseAnswered(ReleaseOutcome outcome) {
        boolean first;
        lock.lock();
        try {
            released = outcome;
            first = !ended;
            ended = true;
        } finally {
            lock.unlock();
        }
        if (outcome instanceof ReleaseOutcome.Indeterminate unknown) {
            log.warn(
                    "{}: it is not known whether lock '{}' with token {} was released; it is free after its ttl",
                    context.capabilities().provider(),
                    name(),
                    token(),
                    unknown.cause());
        }
        if (first) {
            queue.leaseEnded(this);
        }
        return outcome;
    }

    @Override
    public void close() {
        release();
    }

    // ---- order

    /** Begins {@code operation} when all earlier ones of this lease are over: at once, normally. */
    private <T> CompletableFuture<T> inOrder(Supplier<CompletionStage<T>> operation) {
        CompletableFuture<T> turn;
        lock.lock();
        try {
            if (operating) {
                if (operations == null) {
                    operations = new ArrayDeque<>();
                }
                turn = new CompletableFuture<>();
                operations.add(new Operation<>(operation, turn));
                return turn;
            }
            operating = true;
        } finally {
            lock.unlock();
        }
        turn = begin(operation);
        operateAfter(turn);
        return turn;
    }

    private static <T> CompletableFuture<T> begin(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get().toCompletableFuture();
        } catch (Throwable defect) {
            return CompletableFuture.failedFuture(defect);
        }
    }

    /** A loop, not a chain of futures: thousands of renewals may have queued behind one that is answered late. */
    private void operateAfter(CompletableFuture<?> first) {
        CompletableFuture<?> turn = first;
        while (turn.isDone()) {
            Operation<?> next;
            lock.lock();
            try {
                next = operations == null ? null : operations.poll();
                if (next == null) {
                    operating = false;
                    return;
                }
            } finally {
                lock.unlock();
            }
            turn = next.begin();
        }
        CompletableFuture<?> unanswered = turn;
        unanswered.whenComplete((outcome, fault) -> operateAfter(unanswered));
    }

    /** One call of the backend that waits for its turn. */
    private record Operation<T>(Supplier<CompletionStage<T>> call, CompletableFuture<T> turn) {
        CompletableFuture<T> begin() {
            DefaultLease.begin(call).whenComplete((outcome, fault) -> {
                if (fault == null) {
                    turn.complete(outcome);
                } else {
                    turn.completeExceptionally(fault);
                }
            });
            return turn;
        }
    }

    /** A copy for users: its dependents run where user code may, and cancelling it harms nobody. */
    private <T> CompletableFuture<T> forUsers(CompletableFuture<T> future) {
        return future.isDone() ? future.copy() : future.thenApplyAsync(outcome -> outcome, context.callbacks());
    }

    private long now() {
        return context.time().nanoTime();
    }

    @Override
    public String toString() {
        return "lease of '" + name() + "' with token " + token() + ", " + state();
    }
}

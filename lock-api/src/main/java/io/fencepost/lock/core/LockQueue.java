package io.fencepost.lock.core;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockObserver.AttemptResult;
import io.fencepost.lock.LockObserver.WaitResult;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of one client for one lock, in the order of arrival. Only the first of them asks the backend, so that a client loads it as one contender, however many
 * threads it has; and none asks while this client itself holds the lock.
 *
 * <p>The head alternates between an attempt and a pause. A pause ends early when the backend says that the lock may be free, when this client's own lease ends, and when the
 * holder's lease runs out. At its deadline the head makes one last attempt, so that no wait ends on old news. A wait that ends while its attempt is under way
 * ({@link #busy}) leaves the attempt to be undone when its answer comes; the next waiter begins after that.
 *
 * <p><b>Cohort handoff.</b> A lease that is released while calls wait here is handed to the first of them in one round of the backend, where that can do it ({@link #handOff}). To
 * everybody this looks like a release and an attempt that nobody came between: the successor has an attempt id and a token of its own. {@link Streak} bounds how often, so
 * that other clients get their turn. Source: D. Dice, V. Marathe, N. Shavit, Lock Cohorting, PPoPP 2012.
 *
 * <p>{@link #advance} is the one place that decides what happens next, and is called after every change.
 */
final class LockQueue {
    private static final Logger log = LoggerFactory.getLogger(LockQueue.class);

    /** Added to the remaining time of a holder's lease before it is tried again: trying a moment too early costs a whole round. */
    private static final long EXPIRY_SLACK_NANOS = Duration.ofMillis(1).toNanos();

    /** Keeps a backoff of zero from spinning, on the stack where the backend answers at once. */
    private static final long LEAST_PAUSE_NANOS = 100_000;

    private static final int RETIRED = -1;

    private static final Duration PAUSE_WITHOUT_BACKOFF = Duration.ofMillis(250);

    private final String name;
    private final ClientContext context;
    private final Consumer<LockQueue> unused;
    private final ReentrantLock lock = new ReentrantLock();

    // all guarded by lock
    private final ArrayDeque<Waiter> waiters = new ArrayDeque<>();
    private @Nullable DefaultLease current;
    private boolean busy;
    private boolean woken;
    private int failures;
    private long pauseUntil;
    /** Whether {@link #pauseUntil} leaves the lock to other clients, so that no wake-up may end it. */
    private boolean yielding;

    private final Streak streak;
    private long lastRoundNanos;
    private Timers.@Nullable Alarm pauseAlarm;
    /** Whether {@link #pauseAlarm} is set. */
    private boolean pausing;

    private @Nullable Subscription wakeUps;
    private boolean closed;
    private int users;

    /** @param unused is called whenever the last user has left, under no lock */
    LockQueue(String name, ClientContext context, Consumer<LockQueue> unused) {
        this.name = name;
        this.context = context;
        this.unused = unused;
        this.streak = new Streak(context.capabilities().wakeUps());
        this.pauseUntil = context.time().nanoTime();
    }

    String name() {
        return name;
    }

    /** Guards this queue and its leases. */
    ReentrantLock lock() {
        return lock;
    }

    /**
     * Begins a call. Its outcome comes through {@link Waiter#result}.
     *
     * @return false if this queue was {@link #retire retired} and must not be used again
     */
    boolean submit(Waiter waiter) {
        boolean refused = false;
        lock.lock();
        try {
            if (users == RETIRED) {
                return false;
            }
            users++;
            if (closed) {
                waiter.result.completeExceptionally(closedException());
                refused = true;
            } else if (waiter.isZeroWait() && (busy || !waiters.isEmpty() || heldHere())) {
                // somebody of this client is ahead or holds it; asking the backend could not change the answer
                waiter.result.complete(heldHere() && current != null ? current.asContended() : waiter.last);
                refused = true;
            } else {
                waiters.addLast(waiter);
                if (!waiter.isZeroWait() && !waiter.waitsForever()) {
                    waiter.deadlineAlarm = context.waitTimers().alarm(() -> deadlineReached(waiter));
                    waiter.deadlineAlarm.set(waiter.waitNanos);
                }
            }
        } finally {
            lock.unlock();
        }
        if (refused) {
            report(waiter);
            leave();
        } else {
            context.observer().queueChanged(name, 1);
            advance();
        }
        return true;
    }

    /** Ends a call without an outcome. Nothing is left behind: an attempt under way is undone when it is answered. */
    void cancel(Waiter waiter) {
        waiter.result.cancel(false);
        remove(waiter);
    }

    private void deadlineReached(Waiter waiter) {
        boolean over;
        lock.lock();
        try {
            // the head may make its last attempt, or has one under way
            over = waiters.peekFirst() != waiter || (!busy && heldHere());
            if (!over) {
                woken = true;
            }
        } finally {
            lock.unlock();
        }
        if (over) {
            waiter.result.complete(waiter.last);
            remove(waiter);
        } else {
            advance();
        }
    }

    /** Takes a finished waiter out of the queue, unless its attempt is under way: then that does it. */
    private void remove(Waiter waiter) {
        boolean removed = false;
        lock.lock();
        try {
            if (!(busy && waiters.peekFirst() == waiter)) {
                removed = waiters.remove(waiter);
            }
        } finally {
            lock.unlock();
        }
        if (removed) {
            advance();
            left(waiter);
        }
    }

    private void left(Waiter waiter) {
        if (waiter.deadlineAlarm != null) {
            waiter.deadlineAlarm.cancel();
        }
        context.observer().queueChanged(name, -1);
        report(waiter);
        leave();
    }

    private void report(Waiter waiter) {
        WaitResult result;
        if (waiter.result.isCompletedExceptionally()) {
            result = WaitResult.CANCELLED;
        } else {
            AcquireOutcome outcome = waiter.result.join();
            if (outcome instanceof AcquireOutcome.Acquired) {
                result = WaitResult.ACQUIRED;
            } else if (outcome instanceof AcquireOutcome.Contended) {
                result = WaitResult.CONTENDED;
            } else if (outcome instanceof AcquireOutcome.Unavailable) {
                result = WaitResult.UNAVAILABLE;
            } else {
                result = WaitResult.INDETERMINATE;
            }
        }
        context.observer().waited(name, result, Duration.ofNanos(context.time().nanoTime() - waiter.startedAt));
    }

    private void leave() {
        boolean last;
        lock.lock();
        try {
            users--;
            last = users == 0;
        } finally {
            lock.unlock();
        }
        if (last) {
            unused.accept(this);
        }
    }

    /** Takes no calls any more, if it has neither calls nor a lease. Whether it has retired, now or before. */
    boolean retire() {
        lock.lock();
        try {
            if (users == 0) {
                users = RETIRED;
            }
            return users == RETIRED;
        } finally {
            lock.unlock();
        }
    }

    private boolean heldHere() {
        return current != null && current.keepsOthersWaiting();
    }

    /** Does what is due: an attempt for the head, a pause, or nothing. */
    private void advance() {
        Waiter head;
        Subscription obsolete = null;
        lock.lock();
        try {
            if (busy) {
                return;
            }
            head = closed ? null : waiters.peekFirst();
            if (head == null) {
                failures = 0;
                yielding = false;
                if (!heldHere()) {
                    streak.ended();
                }
                pauseUntil = context.time().nanoTime();
                cancelPause();
                obsolete = wakeUps;
                wakeUps = null;
            } else if (heldHere()) {
                cancelPause();
                head = null;
            } else {
                long pause = pauseUntil - context.time().nanoTime();
                boolean mayPause = yielding ? !head.isOver(context.time().nanoTime()) : !woken;
                // a try without waiting must not sit out the pause of one that has just left
                if (mayPause && !head.isZeroWait() && pause > 0) {
                    beginPause(pause);
                    head = null;
                } else {
                    cancelPause();
                    busy = true;
                    woken = false;
                    yielding = false;
                }
            }
        } finally {
            lock.unlock();
        }
        if (obsolete != null) {
            obsolete.close();
        }
        if (head != null) {
            attempt(head);
        }
    }

    private void beginPause(long pause) {
        if (!pausing) {
            if (pauseAlarm == null) {
                pauseAlarm = context.waitTimers().alarm(this::pauseEnded);
            }
            pausing = true;
            pauseAlarm.set(pause);
        }
    }

    private void cancelPause() {
        if (pausing && pauseAlarm != null) {
            pauseAlarm.cancel();
            pausing = false;
        }
    }

    private void pauseEnded() {
        lock.lock();
        try {
            pausing = false;
        } finally {
            lock.unlock();
        }
        advance();
    }

    /** The lock may be free: the head tries at once, or once more after the attempt under way. */
    private void wakeUp() {
        lock.lock();
        try {
            woken = true;
        } finally {
            lock.unlock();
        }
        advance();
    }

    private AttemptRequest request(Waiter waiter) {
        return new AttemptRequest(
                name,
                context.attemptIds().next(),
                waiter.options.ttl(),
                context.holder(),
                metadata(waiter),
                waiter.sawContention);
    }

    private void attempt(Waiter waiter) {
        AttemptRequest request = request(waiter);
        // validity counts from here: whatever happens to the request later only shortens it
        long sentAt = context.time().nanoTime();
        CompletionStage<AttemptOutcome> stage =
                BackendCalls.guarded(() -> context.backend().attempt(request), AttemptOutcome.Indeterminate::new);
        AttemptOutcome already = BackendCalls.answerOrNull(stage);
        if (already != null) {
            answered(waiter, already, sentAt);
        } else {
            stage.whenComplete((outcome, never) -> answered(waiter, outcome, sentAt));
        }
    }

    /**
     * The call that is to have the lock next, if {@code lease} may be handed to it at the backend. Then its attempt counts as under way, and {@link #handOff} must follow.
     */
    @Nullable
    Waiter heirOf(DefaultLease lease) {
        if (!context.capabilities().cohortHandoff()) {
            return null;
        }
        lock.lock();
        try {
            Waiter head = waiters.peekFirst();
            if (head == null
                    || closed
                    || busy
                    || current != lease
                    || head.result.isDone()
                    || !streak.mayGoOn(context.time().nanoTime())) {
                return null;
            }
            busy = true;
            return head;
        } finally {
            lock.unlock();
        }
    }

    /** Releases {@code grant}, which is that of {@code lease}, and lets {@code heir} try, in one operation of the backend. */
    CompletionStage<ReleaseOutcome> handOff(DefaultLease lease, Grant grant, Waiter heir) {
        long sentAt = context.time().nanoTime();
        return BackendCalls.guarded(
                        () -> context.backend().handOff(grant, request(heir)),
                        fault -> new HandoffOutcome(
                                new ReleaseOutcome.Indeterminate(fault), new AttemptOutcome.Indeterminate(fault)))
                .thenApply(outcome -> {
                    if (outcome.attempted() instanceof AttemptOutcome.Acquired) {
                        context.observer().handedOff(name);
                    }
                    lease.releaseAnswered(outcome.released());
                    answered(heir, outcome.attempted(), sentAt);
                    return outcome.released();
                });
    }

    private Map<String, String> metadata(Waiter waiter) {
        if (waiter.options.metadata().isEmpty()) {
            return context.metadata();
        }
        Map<String, String> all = new HashMap<>(context.metadata());
        all.putAll(waiter.options.metadata());
        return all;
    }

    private void answered(Waiter waiter, AttemptOutcome outcome, long sentAt) {
        long now = context.time().nanoTime();
        Duration latency = Duration.ofNanos(now - sentAt);
        if (outcome instanceof AttemptOutcome.Acquired acquired) {
            context.observer().attempted(name, AttemptResult.ACQUIRED, latency);
            granted(waiter, acquired.grant(), sentAt, now);
        } else if (outcome instanceof AttemptOutcome.Contended contended) {
            context.observer().attempted(name, AttemptResult.CONTENDED, latency);
            failed(
                    waiter,
                    new AcquireOutcome.Contended(contended.remaining(), contended.holder()),
                    contended.remaining());
        } else if (outcome instanceof AttemptOutcome.Unavailable unavailable) {
            context.observer().attempted(name, AttemptResult.UNAVAILABLE, latency);
            failed(waiter, new AcquireOutcome.Unavailable(unavailable.cause()), Optional.empty());
        } else if (outcome instanceof AttemptOutcome.Indeterminate indeterminate) {
            context.observer().attempted(name, AttemptResult.INDETERMINATE, latency);
            failed(waiter, new AcquireOutcome.Indeterminate(indeterminate.cause()), Optional.empty());
        }
    }

    private void granted(Waiter waiter, Grant grant, long sentAt, long now) {
        long validUntil = sentAt + context.usableNanos(grant.validity());
        if (validUntil - now <= 0) {
            // nothing useful is left (rule 3.6)
            LockUnavailableException cause = new LockUnavailableException(
                    "the answer of " + context.capabilities().provider() + " for lock '" + name + "' took "
                            + Duration.ofNanos(now - sentAt) + ", and so used up the validity of " + grant.validity()
                            + " that it granted",
                    null,
                    name,
                    context.holder(),
                    null);
            undo(
                    grant,
                    undone -> failed(
                            waiter,
                            undone instanceof ReleaseOutcome.Indeterminate
                                    ? new AcquireOutcome.Indeterminate(cause)
                                    : new AcquireOutcome.Unavailable(cause),
                            Optional.empty()));
            return;
        }
        DefaultLease lease = new DefaultLease(context, this, waiter.options, grant, sentAt, validUntil);
        lock.lock();
        try {
            current = lease;
            users++;
            failures = 0;
            lastRoundNanos = now - sentAt;
            streak.granted(now);
        } finally {
            lock.unlock();
        }
        lease.start();
        if (!finish(waiter, new AcquireOutcome.Acquired(lease))) {
            // nobody waits for it any more, or has been told otherwise; the lease's end lets the next one go on
            lease.releaseAsync();
        }
    }

    /** Gives back a grant that nobody may use, and goes on with {@code then} once the backend has answered. */
    private void undo(Grant grant, Consumer<ReleaseOutcome> then) {
        BackendCalls.guarded(() -> context.backend().release(grant), ReleaseOutcome.Indeterminate::new)
                .whenComplete((outcome, never) -> {
                    log.debug("gave back {}: {}", grant, outcome);
                    then.accept(outcome);
                });
    }

    private void failed(Waiter waiter, AcquireOutcome outcome, Optional<Duration> remaining) {
        long pause = pauseAfterFailure(waiter);
        long now = context.time().nanoTime();
        boolean over;
        boolean subscribe = false;
        lock.lock();
        try {
            waiter.last = outcome;
            if (outcome instanceof AcquireOutcome.Contended) {
                waiter.sawContention = true;
                streak.interrupted();
            }
            over = waiter.isOver(now) || waiter.result.isDone();
            if (!over || waiters.size() > 1) {
                if (remaining.isPresent()) {
                    pause = Math.min(pause, Durations.saturatedNanos(remaining.get()) + EXPIRY_SLACK_NANOS);
                }
                if (!waiter.waitsForever() && !over) {
                    pause = Math.min(pause, waiter.nanosLeft(now));
                }
                pauseUntil = now + Math.max(pause, LEAST_PAUSE_NANOS);
                subscribe = wakeUps == null
                        && !closed
                        && context.capabilities().wakeUps()
                        && outcome instanceof AcquireOutcome.Contended;
            }
        } finally {
            lock.unlock();
        }
        if (subscribe) {
            subscribe();
        }
        if (over) {
            finish(waiter, outcome);
        } else {
            lock.lock();
            try {
                busy = false;
            } finally {
                lock.unlock();
            }
            // the deadline, a cancellation or the close may have come while the attempt was under way
            if (waiter.result.isDone()) {
                remove(waiter);
            }
            advance();
        }
    }

    /** Asks the user's backoff, outside of the lock; one that fails costs its users the default, not the queue its life. */
    private long pauseAfterFailure(Waiter waiter) {
        int count;
        lock.lock();
        try {
            count = ++failures;
        } finally {
            lock.unlock();
        }
        try {
            return Durations.saturatedNanos(waiter.options.backoff().delay(count, ThreadLocalRandom.current()));
        } catch (RuntimeException e) {
            log.warn("the backoff for lock '{}' failed; waiting {} instead", name, PAUSE_WITHOUT_BACKOFF, e);
            return PAUSE_WITHOUT_BACKOFF.toNanos();
        }
    }

    private void subscribe() {
        Subscription subscription;
        try {
            subscription = context.backend().onReleased(name, this::wakeUp);
        } catch (RuntimeException e) {
            log.warn(
                    "{}: no wake-ups for lock '{}'; waiters poll instead",
                    context.capabilities().provider(),
                    name,
                    e);
            return;
        }
        boolean surplus;
        lock.lock();
        try {
            surplus = closed || wakeUps != null;
            if (!surplus) {
                wakeUps = subscription;
            }
        } finally {
            lock.unlock();
        }
        if (surplus) {
            subscription.close();
        }
    }

    /**
     * Ends the call whose attempt was under way. It is taken out before its caller is told: a caller that tries again at once must not find
     * its own earlier call in the way.
     *
     * @return false if the call had ended before, by its caller, its deadline or the close
     */
    private boolean finish(Waiter waiter, AcquireOutcome outcome) {
        boolean removed;
        lock.lock();
        try {
            busy = false;
            removed = waiters.remove(waiter);
        } finally {
            lock.unlock();
        }
        boolean told = waiter.result.complete(outcome);
        advance();
        if (removed) {
            left(waiter);
        }
        return told;
    }

    /** The lease of this client is over, and the backend knows it or need not be asked: the next waiter may try. */
    void leaseEnded(DefaultLease lease) {
        lock.lock();
        try {
            if (current == lease) {
                current = null;
                woken = true;
                if (!busy && !context.capabilities().fair()) {
                    yieldIfDue();
                }
            }
        } finally {
            lock.unlock();
        }
        advance();
        leave();
    }

    /** Called under the lock, with the lock free: leaves it to other clients for a while if this one has had it for long enough. */
    private void yieldIfDue() {
        long now = context.time().nanoTime();
        Waiter head = waiters.peekFirst();
        if (head == null || streak.mayGoOn(now)) {
            return;
        }
        yielding = true;
        pauseUntil = now + streak.yielded(now, lastRoundNanos);
        // the lock is probably held then: worth a look before a try
        head.sawContention = true;
    }

    /** Ends all calls and releases the lease; attempts under way are undone as their answers come. */
    void close() {
        List<Waiter> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(waiters);
        } finally {
            lock.unlock();
        }
        all.forEach(waiter -> waiter.result.completeExceptionally(closedException()));
        all.forEach(this::remove);
        // only now: a grant that came meanwhile was either refused by its ended call, or is here
        DefaultLease lease;
        lock.lock();
        try {
            lease = current;
        } finally {
            lock.unlock();
        }
        if (lease != null) {
            lease.releaseAsync();
        }
    }

    private LockClosedException closedException() {
        return new LockClosedException(
                "the client was closed while it waited for lock '" + name + "'", null, name, context.holder(), null);
    }
}

package io.fencepost.lock.recipe;

import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.Subscription;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate for a leadership: whoever holds the lock of that name leads. It campaigns from its start until it is closed, and again after each term.
 *
 * <p><b>When a term ends.</b> As soon as its lease is {@link LeaseState#SUSPECT}, lost or released, or when it is not renewed until the margin before the end of its validity, whichever comes
 * first. From that instant {@link #leadership()} is empty, whatever threads are late, and the listener is told. The lock is given up when {@link LeadershipListener#ended} has returned, so that
 * leaders who hear of their end in time never overlap; at the end of what was left of the validity it is given up in any case. An administrator's {@link LockClient#forceRelease} does not wait
 * for that: only the {@link Leadership#term()} passed to a resource stops a leader who has not heard yet.
 *
 * <p><b>Outages.</b> A backend that cannot be reached delays the election, with the pauses of {@link LockOptions#backoff()}. A leader that cannot renew loses its term. With
 * {@link io.fencepost.lock.RenewalPolicy#MANUAL} nobody renews: each term lasts for the ttl less the margin.
 *
 * <p>Thread-safe. Has two threads, both daemons. Close it before its client; a client that is closed first ends its term and its campaign.
 */
public final class LeaderElector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);

    private static final int DEFAULT_MARGIN_SHARE = 5;
    /** Beyond it a term would end before the first renewal, which comes at a third of the validity, had time for an answer. */
    private static final int GREATEST_MARGIN_SHARE = 2;

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);
    private static final Duration PAUSE_WITHOUT_BACKOFF = Duration.ofMillis(250);

    private final String provider;
    private final DistributedLock lock;
    private final Duration margin;
    private final LeadershipListener listener;
    private final ExecutorService calls;
    private final Thread campaign;

    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<Lease> candidacy;
    private volatile @Nullable Term current;
    /** The thread that is in a call of the listener. */
    private volatile @Nullable Thread inListener;

    private LeaderElector(
            LockClient client, String name, LockOptions options, Duration margin, LeadershipListener listener) {
        this.provider = client.capabilities().provider();
        this.lock = client.lock(name, options);
        this.margin = margin;
        this.listener = Objects.requireNonNull(listener, "listener");
        this.calls = Executors.newSingleThreadExecutor(task -> daemon(task, "fencepost-leader-listener-" + name));
        this.campaign = daemon(this::campaign, "fencepost-leader-" + name);
    }

    private static Thread daemon(Runnable task, String threadName) {
        Thread thread = new Thread(task, threadName);
        thread.setDaemon(true);
        return thread;
    }

    /** As {@link #start(LockClient, String, LockOptions, Duration, LeadershipListener)}, with a fifth of the ttl as margin. */
    public static LeaderElector start(
            LockClient client, String name, LockOptions options, LeadershipListener listener) {
        return start(client, name, options, options.ttl().dividedBy(DEFAULT_MARGIN_SHARE), listener);
    }

    /**
     * Begins to campaign. Does not block: asks the backend on a thread of its own.
     *
     * @param client stays the caller's to close, after the elector
     * @param name of the lock that decides; nothing else should use it
     * @param options of the lease; its ttl is about how long a dead leader is waited for
     * @param margin how long before the end of the validity a term is over if the lease was not renewed; positive, at most half of the ttl
     * @param listener is told of this candidate's terms
     * @throws IllegalArgumentException if the margin is outside of that range, or as {@link LockClient#lock}
     * @throws LockClosedException if the client is closed
     */
    public static LeaderElector start(
            LockClient client, String name, LockOptions options, Duration margin, LeadershipListener listener) {
        Duration greatest = options.ttl().dividedBy(GREATEST_MARGIN_SHARE);
        if (margin.isNegative() || margin.isZero() || margin.compareTo(greatest) > 0) {
            throw new IllegalArgumentException("the margin of leadership '" + name + "' is " + margin
                    + "; allowed is more than zero and at most half of the ttl, " + greatest);
        }
        LeaderElector elector = new LeaderElector(client, name, options, margin, listener);
        elector.campaign.start();
        return elector;
    }

    /** The name of the lock. */
    public String name() {
        return lock.name();
    }

    /**
     * The term of this candidate, if it leads now. There a moment before {@link LeadershipListener#elected} is called, and gone from the instant that {@link LeadershipListener#ended} is due.
     */
    public Optional<Leadership> leadership() {
        Term term = current;
        return term != null && term.isValid() ? Optional.of(term) : Optional.empty();
    }

    /**
     * Ends the campaign, and the term if there is one: waits until {@link LeadershipListener#ended} has returned and the lock is released, for 5 s at most or until it is interrupted, with the thread's
     * interrupt status kept; after that both go on in the background. Called by the listener it does not wait. Idempotent.
     */
    @Override
    public void close() {
        closing.complete(null);
        CompletableFuture<Lease> waiting = candidacy;
        if (waiting != null) {
            waiting.cancel(false);
        }
        Term term = current;
        if (term != null) {
            term.end();
        }
        if (inListener == Thread.currentThread()) {
            return;
        }
        try {
            if (!completes(stopped, CLOSE_LIMIT)) {
                log.warn(
                        "{}: leadership '{}' was not given up within {}; it is when its listener has returned, or its validity ended",
                        provider,
                        name(),
                        CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void campaign() {
        try {
            int failures = 0;
            while (!closing.isDone()) {
                try {
                    failures = lead(candidate()) ? 0 : failures + 1;
                } catch (CancellationException e) {
                    // closed while it waited; the loop sees it
                    continue;
                } catch (LockClosedException e) {
                    log.warn("{}: the client was closed before its candidate for leadership '{}'", provider, name());
                    return;
                } catch (RuntimeException | Error e) {
                    log.warn("{}: a campaign for leadership '{}' failed", provider, name(), e);
                    failures++;
                }
                if (failures > 0) {
                    completes(closing, pauseAfter(failures));
                }
            }
        } catch (InterruptedException e) {
            log.warn("{}: the thread of the candidate for leadership '{}' was interrupted", provider, name());
        } finally {
            closing.complete(null);
            calls.shutdown();
            stopped.complete(null);
        }
    }

    private Duration pauseAfter(int failures) {
        try {
            Duration delay = lock.options().backoff().delay(failures, ThreadLocalRandom.current());
            return Objects.requireNonNull(delay, "delay");
        } catch (RuntimeException | Error e) {
            log.warn("{}: the backoff of leadership '{}' failed", provider, name(), e);
            return PAUSE_WITHOUT_BACKOFF;
        }
    }

    /** Waits for the lock, for as long as it takes. */
    private Lease candidate() {
        CompletableFuture<Lease> waiting = lock.acquireAsync();
        candidacy = waiting;
        if (closing.isDone()) {
            // it may have looked for the candidacy before there was one
            waiting.cancel(false);
        }
        try {
            return waiting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof LockClosedException closed ? closed : e;
        } finally {
            candidacy = null;
        }
    }

    /**
     * One term, from the grant to the release.
     *
     * @return whether the listener was told of it
     */
    private boolean lead(Lease lease) throws InterruptedException {
        Term term = new Term(lease);
        try {
            boolean failed = !holdsOffice(term);
            // queued now, behind the call that may still run: a close that does not wait for it shuts the queue
            CompletableFuture<Void> ended = CompletableFuture.runAsync(term::tellEnded, calls);
            boolean returned = completes(ended, lease.remainingValidity());
            CompletableFuture<?> released = lease.releaseAsync();
            if (!returned) {
                awaitListener(term, ended);
            }
            if (closing.isDone()) {
                completes(released, CLOSE_LIMIT);
            }
            return term.wasTold() && !failed;
        } finally {
            // on the way of an error too; where it is the second release it asks the backend only if the first left
            // doubt
            lease.releaseAsync();
        }
    }

    /**
     * Returns when the term is over, however it ends: who was told that it began is to be told, and the lease released, in any case.
     *
     * @return whether it ended as terms do
     */
    private boolean holdsOffice(Term term) {
        try {
            Subscription changes = term.endWithItsLease();
            try {
                current = term;
                if (closing.isDone()) {
                    // it may have looked for the term before there was one
                    term.end();
                }
                calls.execute(term::tellElected);
                term.awaitEnd();
            } finally {
                changes.close();
            }
            return true;
        } catch (InterruptedException e) {
            log.warn("{}: the thread of {} was interrupted; it resigns, and campaigns no more", provider, term);
            closing.complete(null);
            return false;
        } catch (RuntimeException | Error e) {
            log.warn("{}: {} failed, and ends", provider, term, e);
            return false;
        } finally {
            current = null;
            term.end();
        }
    }

    /** The lock is given up, the listener is not done: there is no next term before it is. */
    private void awaitListener(Term term, CompletableFuture<Void> ended) throws InterruptedException {
        if (!closing.isDone() && !ended.isDone()) {
            log.warn(
                    "{}: term {} of leadership '{}' is over and given up, but its listener has not returned; there is no campaign before it has",
                    provider,
                    term.term(),
                    name());
        }
        CompletableFuture.anyOf(ended, closing).join();
        completes(ended, CLOSE_LIMIT);
    }

    /** Whether it completes within {@code limit}. */
    private static boolean completes(CompletableFuture<?> future, Duration limit) throws InterruptedException {
        try {
            // converted so that a pause beyond what nanoseconds count is a long one
            future.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("nothing fails this future", e);
        }
    }

    @Override
    public String toString() {
        return "candidate for leadership '" + name() + "' of " + provider;
    }

    /**
     * {@link #over} is completed once and decides: whoever finds the lease suspect, short or gone completes it before anybody is told so, so that all see one end.
     */
    private final class Term implements Leadership {
        private final Lease lease;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        /** The thread that the end interrupts. Guarded by this. */
        private @Nullable Thread electing;

        private volatile boolean told;

        Term(Lease lease) {
            this.lease = lease;
        }

        Subscription endWithItsLease() {
            return lease.onStateChange((changed, state) -> {
                if (state != LeaseState.HELD) {
                    end();
                }
            });
        }

        @Override
        public FencingToken term() {
            return lease.token();
        }

        @Override
        public boolean isValid() {
            if (lease.state() != LeaseState.HELD || lease.remainingValidity().compareTo(margin) <= 0) {
                end();
            }
            // last, so that a term that was ended meanwhile is not taken for valid because its lease has recovered
            return !over.isDone();
        }

        @Override
        public Duration remainingValidity() {
            Duration left = lease.remainingValidity().minus(margin);
            return isValid() && !left.isNegative() ? left : Duration.ZERO;
        }

        void end() {
            if (over.complete(null)) {
                synchronized (this) {
                    if (electing != null) {
                        electing.interrupt();
                    }
                }
            }
        }

        void awaitEnd() throws InterruptedException {
            while (isValid()) {
                completes(over, remainingValidity());
            }
        }

        void tellElected() {
            if (!isValid() || !mayBeInterrupted()) {
                return;
            }
            log.info("{}: elected for term {} of leadership '{}'", provider, term(), name());
            told = true;
            try {
                call("elected", () -> listener.elected(this));
            } finally {
                synchronized (this) {
                    electing = null;
                }
                // the interrupt was for that call alone
                Thread.interrupted();
            }
        }

        /** Whether the listener knows of it. */
        boolean wasTold() {
            return told;
        }

        private synchronized boolean mayBeInterrupted() {
            electing = over.isDone() ? null : Thread.currentThread();
            return electing != null;
        }

        /** If it was told that it began. */
        void tellEnded() {
            if (!told) {
                return;
            }
            log.info("{}: term {} of leadership '{}' is over", provider, term(), name());
            call("ended", () -> listener.ended(this));
        }

        private void call(String what, Runnable told) {
            inListener = Thread.currentThread();
            try {
                told.run();
            } catch (Throwable t) {
                log.warn(
                        "{}: a listener of leadership '{}' failed in {} of term {}", provider, name(), what, term(), t);
            } finally {
                inListener = null;
            }
        }

        @Override
        public String toString() {
            return "term " + term() + " of leadership '" + name() + "'" + (over.isDone() ? ", over" : "");
        }
    }
}

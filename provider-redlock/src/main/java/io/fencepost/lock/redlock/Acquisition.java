package io.fencepost.lock.redlock;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.redlock.AcquireRound.RaiseOrder;
import io.fencepost.lock.redlock.AcquireRound.Step;
import io.fencepost.lock.redlock.AcquireRound.Verdict;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: carries the decisions of {@link AcquireRound} to the nodes and their answers back, and frees its mark wherever an answer comes after the attempt was given up.
 *
 * <p>RELEASE is sent to a node only when its answer to ACQUIRE is there. The two go over one connection, and yet not always in order: Netty writes at once what its own thread sends, ahead of
 * what other threads have put into that thread's queue. A RELEASE that overtook its ACQUIRE would leave the mark behind for its ttl. Thread-safe.
 */
final class Acquisition {
    private final List<? extends ScriptTarget> nodes;
    private final AttemptRequest request;
    private final String[] keys;
    private final String value;
    /** For RELEASE. Nobody is told of the end of a mere attempt: nobody could have waited for it. */
    private final String[] undo;

    private final Duration limit;
    private final CompletableFuture<AttemptOutcome> outcome = new CompletableFuture<>();

    // guarded by this
    private final AcquireRound round;
    private final boolean[] answered;
    private final boolean[] mayBearOurMark;
    /** Whose answer a node has to give before it is asked for us. */
    private final @Nullable Acquisition[] behind;

    private final List<Deferred> deferred = new ArrayList<>();
    private boolean givenUp;
    private @Nullable String holder;
    private @Nullable Throwable firstFault;

    Acquisition(List<? extends ScriptTarget> nodes, AttemptRequest request, Settings settings) {
        this(nodes, request, settings, "", "");
    }

    /**
     * @param channel where it is published if the attempt is undone after all; empty for nowhere
     * @param message what is published there
     */
    Acquisition(
            List<? extends ScriptTarget> nodes,
            AttemptRequest request,
            Settings settings,
            String channel,
            String message) {
        this.nodes = nodes;
        this.request = request;
        this.keys = settings.keys(request.name());
        this.value = HolderText.of(request).encode();
        this.undo = new String[] {value, channel, message};
        // beyond its ttl an attempt could win nothing any more
        this.limit = request.ttl().compareTo(settings.quorumTimeout()) < 0 ? request.ttl() : settings.quorumTimeout();
        this.round = new AcquireRound(nodes.size());
        this.answered = new boolean[nodes.size()];
        this.mayBearOurMark = new boolean[nodes.size()];
        this.behind = new Acquisition[nodes.size()];
    }

    /** How a node is asked for the lock. */
    interface Question {
        /**
         * @param args for ACQUIRE, but for the marker
         * @param answer is told what ACQUIRE would answer
         */
        void put(int node, String[] args, NodeReply answer);
    }

    /** @param hint a number that fences jump to if they are below, so that nodes grant equal ones; speed only */
    CompletionStage<AttemptOutcome> start(long hint, Driver driver) {
        return start(hint, driver, (node, args, answer) -> {
            if (!isGivenUp()) {
                nodes.get(node).call(Script.ACQUIRE, keys, args, answer);
            }
        });
    }

    /** As {@link #start(long, Driver)}, with a question of which ACQUIRE is a part. */
    CompletionStage<AttemptOutcome> start(long hint, Driver driver, Question question) {
        String[] args = {value, Long.toString(millisUp(request.ttl())), Long.toString(hint)};
        for (int i = 0; i < nodes.size(); i++) {
            question.put(i, args, new Answer(i));
        }
        if (!outcome.isDone()) {
            Runnable cancel = driver.after(limit, () -> handle(round::timedOut));
            outcome.whenComplete((result, never) -> cancel.run());
        }
        return outcome;
    }

    CompletableFuture<AttemptOutcome> outcome() {
        return outcome;
    }

    synchronized boolean isGivenUp() {
        return givenUp;
    }

    /** What marks the lock as this attempt's. */
    String value() {
        return value;
    }

    /** What a node is told to keep the lock for: never less than the ttl. */
    static long millisUp(Duration ttl) {
        return ttl.plusNanos(999_999).toMillis();
    }

    /**
     * What waits for a node's answer to ACQUIRE.
     *
     * @param successor the attempt that {@code action} asks the node for, if it does
     */
    private record Deferred(int node, @Nullable Acquisition successor, Consumer<Acquisition> action) {}

    /** Runs {@code action} once it is settled what ACQUIRE did at a node: now, or when the answer comes, or never if none comes. */
    void afterAnswer(int node, Runnable action) {
        if (!defer(new Deferred(node, null, settled -> action.run()))) {
            action.run();
        }
    }

    private synchronized boolean defer(Deferred action) {
        if (answered[action.node()]) {
            return false;
        }
        deferred.add(action);
        return true;
    }

    /**
     * Lets the lease that this attempt held be followed at a node by {@code successor}: {@code ask} runs once it is settled what ACQUIRE did there. It is told for which attempt: for this one, or,
     * if this one's turn to be asked for has not come yet, for the one that has its turn. In that case the node is never asked for this one, so that however many leases pass while a node is silent,
     * only the last one waits for it.
     */
    void giveWay(int node, Acquisition successor, Consumer<Acquisition> ask) {
        Deferred next = new Deferred(node, successor, ask);
        Acquisition before = queuedBehind(node);
        if (before != null) {
            successor.queueBehind(node, before);
            if (before.replace(this, next)) {
                queueBehind(node, null);
                settle(node, false, () -> round.failed(node, false));
                return;
            }
        }
        successor.queueBehind(node, this);
        if (!defer(next)) {
            successor.queueBehind(node, null);
            ask.accept(this);
        }
    }

    private synchronized @Nullable Acquisition queuedBehind(int node) {
        return behind[node];
    }

    private synchronized void queueBehind(int node, @Nullable Acquisition other) {
        behind[node] = other;
    }

    private synchronized boolean replace(Acquisition successor, Deferred next) {
        for (int i = 0; i < deferred.size(); i++) {
            Deferred each = deferred.get(i);
            if (each.successor() == successor && each.node() == next.node()) {
                deferred.set(i, next);
                return true;
            }
        }
        return false;
    }

    /** A node's answer is here, and {@code event} is what it means for the round. */
    private void settle(int node, boolean mayBear, Supplier<Step> event) {
        List<Deferred> due;
        synchronized (this) {
            answered[node] = true;
            mayBearOurMark[node] = mayBear;
            due = deferred.isEmpty()
                    ? List.of()
                    : deferred.stream().filter(each -> each.node() == node).toList();
            deferred.removeAll(due);
        }
        handle(event);
        for (Deferred each : due) {
            Acquisition successor = each.successor();
            if (successor != null) {
                successor.queueBehind(node, null);
            }
            each.action().accept(this);
        }
    }

    private final class Answer implements NodeReply {
        private final int node;

        Answer(int node) {
            this.node = node;
        }

        @Override
        public void answered(List<Object> reply) {
            if (reply.get(0).equals(1L)) {
                long fence = Long.parseLong((String) reply.get(1));
                settle(node, true, () -> round.granted(node, fence));
            } else {
                settle(node, false, () -> {
                    if (holder == null) {
                        holder = (String) reply.get(2);
                    }
                    return round.denied(node, (Long) reply.get(1));
                });
            }
        }

        @Override
        public void failed(boolean mayTakeEffect, Throwable cause) {
            settle(node, mayTakeEffect, () -> {
                noteFault(cause);
                return round.failed(node, mayTakeEffect);
            });
        }
    }

    private final class RaiseAnswer implements NodeReply {
        private final int node;

        RaiseAnswer(int node) {
            this.node = node;
        }

        @Override
        public void answered(List<Object> reply) {
            handle(() -> round.raised(node, reply.get(0).equals(1L)));
        }

        @Override
        public void failed(boolean mayTakeEffect, Throwable cause) {
            handle(() -> {
                noteFault(cause);
                return round.failed(node, true);
            });
        }
    }

    private void noteFault(Throwable cause) {
        if (firstFault == null) {
            firstFault = cause;
        }
    }

    private void handle(Supplier<Step> event) {
        Step step;
        synchronized (this) {
            step = event.get();
            givenUp |= step instanceof Step.GiveUp;
        }
        if (step instanceof Step.Raise raise) {
            for (RaiseOrder order : raise.orders()) {
                String[] args = {value, Long.toString(order.from()), Long.toString(order.to())};
                nodes.get(order.node()).call(Script.RAISE, keys, args, new RaiseAnswer(order.node()));
            }
        } else if (step instanceof Step.Held held) {
            outcome.complete(new AttemptOutcome.Acquired(new RedlockGrant(request, held.token(), value, this)));
        } else if (step instanceof Step.GiveUp giveUp) {
            cleanUp();
            outcome.complete(failure(giveUp.verdict()));
        }
    }

    /** Frees what the attempt has got, and what it gets yet. */
    private void cleanUp() {
        for (int i = 0; i < nodes.size(); i++) {
            int node = i;
            afterAnswer(node, () -> {
                if (mayBearOurMark(node)) {
                    nodes.get(node).call(Script.RELEASE, keys, undo, Ignored.REPLY);
                }
            });
        }
    }

    private synchronized boolean mayBearOurMark(int node) {
        return mayBearOurMark[node];
    }

    private synchronized AttemptOutcome failure(Verdict verdict) {
        if (verdict == Verdict.CONTENDED) {
            long millis = round.millisToQuorum().orElse(-1);
            return AttemptOutcome.Contended.of(
                    millis < 0 ? null : Duration.ofMillis(millis), holder == null ? null : Holders.name(holder));
        }
        boolean certain = verdict == Verdict.UNAVAILABLE;
        LockUnavailableException fault = new LockUnavailableException(
                "redlock: lock '" + request.name() + "': no quorum of " + (nodes.size() / 2 + 1) + " among "
                        + nodes.size() + " nodes granted it within " + limit.toMillis() + " ms"
                        + Problems.ofThoseOutOfService(nodes),
                firstFault,
                request.name(),
                request.holder(),
                null);
        return certain ? new AttemptOutcome.Unavailable(fault) : new AttemptOutcome.Indeterminate(fault);
    }
}

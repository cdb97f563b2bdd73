package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.AckCount.Decision;
import io.fencepost.lock.redlock.Poll.Result;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A lease is released and an attempt of the same client made in one step at each node: HANDOFF is RELEASE and then ACQUIRE, with nothing in between.
 *
 * <p>Whatever follows from the answers is what follows from those of the two alone: votes for the release, and an {@link Acquisition} for the attempt. Where a node cannot be asked, or its
 * answer is lost, the predecessor is still to be released there. Like RELEASE, HANDOFF is sent to a node only when it is settled what the predecessor's own attempt did there.
 *
 * <p>Nobody is told that the lock is free, because it is not. If the attempt fails after all, its undoing is published as the release of the predecessor, for whoever waits for that. Thread-safe.
 */
final class Handoff {
    /** How long a successor that holds the lock waits for what became of its predecessor, at most: enough for nodes that answer at all. */
    private static final Duration STRAGGLERS = Duration.ofMillis(50);
    /** And of its ttl, since it is its own validity that passes. */
    private static final int STRAGGLERS_PER_TTL = 10;

    private final List<? extends ScriptTarget> nodes;
    private final RedlockGrant predecessor;
    private final Acquisition successor;
    private final String[] keys;
    private final String channel;
    private final String message;
    private final Duration releaseLimit;
    private final Duration stragglers;
    private final CompletableFuture<Result> released = new CompletableFuture<>();

    // guarded by this
    /** A node votes yes if the mark that had to give way was still there, be it of an earlier lease: then nobody else had the lock there in between. */
    private final AckCount count;

    private boolean did;
    private @Nullable Throwable firstFault;

    Handoff(List<? extends ScriptTarget> nodes, RedlockGrant predecessor, AttemptRequest request, Settings settings) {
        this.nodes = nodes;
        this.predecessor = predecessor;
        this.keys = settings.keys(request.name());
        this.channel = settings.channel(request.name());
        this.message = predecessor.attemptId().toString();
        this.successor = new Acquisition(nodes, request, settings, channel, message);
        this.releaseLimit = settings.operationTimeout();
        Duration share = request.ttl().dividedBy(STRAGGLERS_PER_TTL);
        this.stragglers = share.compareTo(STRAGGLERS) < 0 ? share : STRAGGLERS;
        this.count = new AckCount(nodes.size());
    }

    /**
     * What became of the predecessor, no later than the operation timeout. If the successor holds the lock, the predecessor does not, for certain, and the rest is hardly waited for.
     */
    CompletableFuture<Result> released() {
        return released;
    }

    /** @param hint as of {@link Acquisition}; the predecessor's token is one besides, which makes nodes that missed it agree with those that know it */
    CompletionStage<AttemptOutcome> start(long hint, Driver driver) {
        long startedAt = System.nanoTime();
        successor.outcome().whenComplete((@Nullable AttemptOutcome attempted, @Nullable Throwable defect) -> {
            if (attempted == null) {
                closeCount();
            } else if (!released.isDone()) {
                Duration left = attempted instanceof AttemptOutcome.Acquired
                        ? stragglers
                        : releaseLimit.minusNanos(System.nanoTime() - startedAt);
                Runnable cancel = driver.after(left, this::closeCount);
                released.whenComplete((done, never) -> cancel.run());
            }
        });
        Acquisition origin = predecessor.origin();
        return successor.start(
                Math.max(hint, predecessor.token().value()),
                driver,
                (node, args, answer) -> origin.giveWay(node, successor, ahead -> ask(node, ahead, args, answer)));
    }

    /** @param ahead whose mark the node may bear: the predecessor's, or that of a lease before it */
    private void ask(int node, Acquisition ahead, String[] args, NodeReply answer) {
        String[] release = {ahead.value(), channel, message};
        NodeReply releaseVote = new ReleaseVote();
        if (successor.isGivenUp()) {
            nodes.get(node).call(Script.RELEASE, keys, release, releaseVote);
            answer.failed(false, new IllegalStateException("the attempt was over before its turn came"));
            return;
        }
        String[] handoff = {args[0], args[1], args[2], ahead.value()};
        nodes.get(node).call(Script.HANDOFF, keys, handoff, new NodeReply() {
            @Override
            public void answered(List<Object> reply) {
                vote(reply.get(0).equals(1L) && reply.get(2).equals(1L));
                answer.answered(reply);
            }

            @Override
            public void failed(boolean mayTakeEffect, Throwable cause) {
                if (mayTakeEffect) {
                    // the answer of the RELEASE would not tell whether it was this that freed the lock
                    releaseVote.failed(true, cause);
                }
                nodes.get(node).call(Script.RELEASE, keys, release, mayTakeEffect ? Ignored.REPLY : releaseVote);
                answer.failed(mayTakeEffect, cause);
            }
        });
    }

    private final class ReleaseVote implements NodeReply {
        @Override
        public void answered(List<Object> reply) {
            vote(reply.get(0).equals(1L));
        }

        @Override
        public void failed(boolean mayTakeEffect, Throwable cause) {
            Decision decision;
            synchronized (Handoff.this) {
                if (firstFault == null) {
                    firstFault = cause;
                }
                decision = count.silent();
            }
            finish(decision);
        }
    }

    private void vote(boolean freed) {
        Decision decision;
        synchronized (this) {
            did |= freed;
            decision = freed ? count.yes() : count.no();
        }
        finish(decision);
    }

    private void finish(Decision decision) {
        if (decision == Decision.OPEN) {
            return;
        }
        Result result;
        synchronized (this) {
            result = new Result(decision, did, firstFault);
        }
        released.complete(result);
    }

    private void closeCount() {
        finish(Decision.UNKNOWN);
    }
}

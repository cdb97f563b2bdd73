package io.fencepost.lock.redlock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the releases of one lock on all nodes, and says when to wake who waits for it.
 *
 * <p>The lock is free for a contender when a quorum has freed it, so the first news of a release is too early: it takes the news of a quorum. Thread-safe.
 */
final class Watch {
    private static final int REMEMBERED = 8;

    private final int quorum;
    private final BitSet listening = new BitSet();
    private final List<Runnable> waiters = new ArrayList<>();
    private final Map<String, BitSet> heard = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BitSet> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long unusedSince;
    private boolean releasedSinceAttempt;

    Watch(int nodes) {
        quorum = nodes / 2 + 1;
    }

    /** @return whether to wake this waiter at once, because it may have missed a release */
    synchronized boolean add(Runnable waiter) {
        waiters.add(waiter);
        return listening.cardinality() >= quorum && releasedSinceAttempt;
    }

    synchronized void remove(Runnable waiter, long nanoTime) {
        waiters.remove(waiter);
        unusedSince = nanoTime;
    }

    synchronized boolean isUnused(long nanoTime, Duration linger) {
        return waiters.isEmpty() && nanoTime - unusedSince > linger.toNanos();
    }

    /** This client asks the nodes for the lock: releases until now are old news to it. */
    synchronized void attemptStarted() {
        releasedSinceAttempt = false;
    }

    /** A node's subscription took effect. @return whom to wake: a release may have slipped by before the quorum was complete */
    synchronized List<Runnable> subscribed(int node) {
        boolean before = listening.cardinality() >= quorum;
        listening.set(node);
        if (before || listening.cardinality() < quorum) {
            return List.of();
        }
        releasedSinceAttempt = true;
        return List.copyOf(waiters);
    }

    /** A node's subscription ended. */
    synchronized void unsubscribed(int node) {
        listening.clear(node);
    }

    /** What a message calls for. */
    record News(boolean first, List<Runnable> toWake) {}

    /** A node said that the lease {@code id} was released there. */
    synchronized News released(int node, String id) {
        BitSet nodes = heard.get(id);
        boolean first = nodes == null;
        if (nodes == null) {
            nodes = new BitSet();
            heard.put(id, nodes);
        }
        int before = nodes.cardinality();
        nodes.set(node);
        boolean complete = before < quorum && nodes.cardinality() == quorum;
        return new News(first && !complete, complete ? wake() : List.of());
    }

    /** Whom to wake if the news of a quorum has not come some time after the first. */
    synchronized List<Runnable> overdue(String id) {
        @Nullable BitSet nodes = heard.get(id);
        return nodes != null && nodes.cardinality() < quorum ? wake() : List.of();
    }

    private List<Runnable> wake() {
        releasedSinceAttempt = true;
        return List.copyOf(waiters);
    }
}

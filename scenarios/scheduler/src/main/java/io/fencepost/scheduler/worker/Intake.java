package io.fencepost.scheduler.worker;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Between the thread that polls and those that run jobs: a short queue, and the pace of polling.
 *
 * <p>The queue holds a few jobs more than there are free slots, so that a slot finds its next job without waiting for a poll. It is thrown away when it has not been used for a moment: what the store says
 * then may be of a greater priority, or done by others. The next poll comes at once while polls bring something, and ever later up to a limit while they bring nothing; jobs whose lock somebody
 * else holds are left out for a while, and are nothing in that sense, so that a worker whose jobs are all elsewhere does not spin.
 */
final class Intake {
    /** The shortest pause after a poll that brought nothing. */
    private static final long LEAST_PAUSE = Duration.ofMillis(5).toNanos();

    /** For how long the queue is good. */
    private static final long FRESH = Duration.ofMillis(200).toNanos();

    /** The first and the longest pause after a fault. */
    private static final long FIRST_TROUBLE = Duration.ofMillis(50).toNanos();

    private static final long MOST_TROUBLE = Duration.ofSeconds(2).toNanos();

    /** For how long it is kept how often a job was deferred. */
    private static final long REMEMBERED = Duration.ofSeconds(5).toNanos();

    private static final int MOST_KNOWN = 10_000;

    private final int slots;
    private final int few;
    private final long mostPause;
    private final Chooser chooser;
    private final RandomGenerator random;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition forSlots = lock.newCondition();
    private final Condition forPoller = lock.newCondition();

    // all guarded by lock
    private final Deque<DueJob> queue = new ArrayDeque<>();
    private long offeredAt;
    private long takenAt;
    /** Queued or taken, and not ended. */
    private final Set<JobId> inHand = new HashSet<>();
    /** What ended while a poll was under way may be in its answer, and is not due any more. */
    private final Set<JobId> endedMeanwhile = new HashSet<>();

    private final Map<JobId, Deferral> deferrals = new HashMap<>();
    private int idle;
    private long notBefore = System.nanoTime();
    private long pause = LEAST_PAUSE;
    private long troubledUntil = System.nanoTime();
    private final Map<Side, Long> troubles = new EnumMap<>(Side.class);
    private boolean closed;

    /** Who may fail to answer. */
    enum Side {
        STORE,
        LOCKS
    }

    /** A job is left out until then, as long as it stays what it was. */
    private record Deferral(JobState state, Instant next, long until, int times) {
        boolean isOf(DueJob job) {
            return state == job.state() && next.equals(job.next());
        }
    }

    /**
     * @param slots how many jobs run at once
     * @param poll the longest pause between polls
     */
    Intake(int slots, Duration poll, Chooser chooser, RandomGenerator random) {
        this.slots = slots;
        this.few = Math.max(2, slots / 2);
        this.mostPause = Math.max(LEAST_PAUSE, poll.toNanos());
        this.chooser = chooser;
        this.random = random;
        this.takenAt = System.nanoTime() - FRESH;
    }

    // ---- slots

    /** The next job to be tried; waits for one. Null when there will be none: this slot ends. */
    @Nullable
    DueJob take() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                dropStale();
                DueJob next = queue.poll();
                if (next != null) {
                    takenAt = System.nanoTime();
                    if (queue.size() <= few / 2) {
                        forPoller.signal();
                    }
                    return next;
                }
                idle++;
                forPoller.signal();
                try {
                    forSlots.await();
                } finally {
                    idle--;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** The job that was taken was begun, and its try is over. */
    void ended(DueJob job) {
        lock.lock();
        try {
            deferrals.remove(job.id());
            put(job.id());
            pause = LEAST_PAUSE;
            hasten(LEAST_PAUSE);
        } finally {
            lock.unlock();
        }
    }

    /** The job that was taken was not begun. */
    void notBegun(DueJob job) {
        lock.lock();
        try {
            put(job.id());
            chooser.giveBack(job);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The job that was taken was not begun, and is not to be tried again soon: not before {@code first}, and after twice that the next time.
     *
     * @param most the longest pause
     */
    void defer(DueJob job, Duration first, Duration most) {
        lock.lock();
        try {
            put(job.id());
            chooser.giveBack(job);
            Deferral before = deferrals.get(job.id());
            int times = before != null && before.isOf(job) ? Math.min(before.times() + 1, 20) : 0;
            boolean longest = first.toNanos() > most.toNanos() >> times;
            long delay = Math.max(LEAST_PAUSE, longest ? most.toNanos() : first.toNanos() << times);
            // so that those who were refused together do not come back together
            delay += random.nextLong(delay / 8);
            deferrals.put(job.id(), new Deferral(job.state(), job.next(), System.nanoTime() + delay, times));
        } finally {
            lock.unlock();
        }
    }

    /** Called under the lock. */
    private void put(JobId id) {
        inHand.remove(id);
        endedMeanwhile.add(id);
    }

    // ---- faults

    /** One of them does not answer: nobody tries anything for a while, longer each time. */
    void trouble(Side side) {
        lock.lock();
        try {
            clear();
            long now = System.nanoTime();
            // several slots meet the same fault
            if (troubledUntil - now <= 0) {
                long delay = troubles.getOrDefault(side, FIRST_TROUBLE);
                troubledUntil = now + jittered(delay);
                troubles.put(side, Math.min(2 * delay, MOST_TROUBLE));
            }
        } finally {
            lock.unlock();
        }
    }

    /** It answers. */
    void answered(Side side) {
        lock.lock();
        try {
            troubles.remove(side);
        } finally {
            lock.unlock();
        }
    }

    // ---- the poller

    /**
     * Waits until it is time to poll.
     *
     * @return how many jobs to ask for, for each tenant and worker; 0 when there is to be no other poll
     */
    int awaitNeed() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                dropStale();
                boolean inUse = now - takenAt < FRESH && queue.size() <= few / 2;
                boolean needed = idle > 0 ? queue.isEmpty() || inUse : inUse;
                long wait = Math.max(notBefore - now, troubledUntil - now);
                if (needed && wait <= 0) {
                    endedMeanwhile.clear();
                    return slots + few;
                }
                if (needed) {
                    long unused = forPoller.awaitNanos(wait);
                } else {
                    forPoller.await();
                }
            }
            return 0;
        } finally {
            lock.unlock();
        }
    }

    /** How many jobs an answer may have to name because they are in hand or left out, beside those that are wanted. */
    int known() {
        lock.lock();
        try {
            long now = System.nanoTime();
            long deferred = deferrals.values().stream()
                    .filter(deferral -> deferral.until() - now > 0)
                    .count();
            return inHand.size() + (int) Math.min(deferred, MOST_KNOWN);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the answer of a poll. */
    void offer(List<DueJob> polled) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Set<JobId> before = queue.stream().map(DueJob::id).collect(Collectors.toSet());
            clear();
            long now = System.nanoTime();
            deferrals.values().removeIf(deferral -> now - deferral.until() > REMEMBERED);
            List<DueJob> candidates = polled.stream()
                    .filter(job -> !inHand.contains(job.id()) && !endedMeanwhile.contains(job.id()))
                    .filter(job -> !isDeferred(job, now))
                    .toList();
            int wanted = idle + few;
            boolean news = false;
            for (DueJob job : chooser.choose(candidates, wanted)) {
                queue.add(job);
                inHand.add(job.id());
                news |= !before.contains(job.id());
            }
            offeredAt = now;
            forSlots.signalAll();
            if (news) {
                pause = LEAST_PAUSE;
                notBefore = queue.size() >= wanted ? now : now + LEAST_PAUSE;
            } else {
                notBefore = now + jittered(pause);
                pause = Math.min(2 * pause, mostPause);
                deferrals.values().stream()
                        .mapToLong(deferral -> deferral.until() - now)
                        .filter(left -> left > 0)
                        .min()
                        .ifPresent(left -> hasten(Math.max(left, LEAST_PAUSE)));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isDeferred(DueJob job, long now) {
        Deferral deferral = deferrals.get(job.id());
        return deferral != null && deferral.isOf(job) && deferral.until() - now > 0;
    }

    /** Called under the lock. */
    private void hasten(long fromNow) {
        long at = System.nanoTime() + fromNow;
        if (notBefore - at > 0) {
            notBefore = at;
            forPoller.signal();
        }
    }

    private long jittered(long nanos) {
        return nanos / 2 + random.nextLong(nanos / 2 + 1);
    }

    /** Called under the lock. */
    private void dropStale() {
        if (!queue.isEmpty() && System.nanoTime() - offeredAt > FRESH) {
            clear();
        }
    }

    /** Called under the lock. */
    private void clear() {
        for (DueJob job = queue.poll(); job != null; job = queue.poll()) {
            inHand.remove(job.id());
            chooser.giveBack(job);
        }
    }

    /** No job is given out any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            forSlots.signalAll();
            forPoller.signalAll();
            clear();
        } finally {
            lock.unlock();
        }
    }
}

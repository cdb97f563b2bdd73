package io.fencepost.lock.zookeeper;

import io.fencepost.lock.Subscription;
import io.fencepost.lock.zookeeper.Standing.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * This client's place in the queue of one lock, for as long as somebody waits: while a subscription of {@code onReleased} is open. It is in line from the beginning, until it is granted the
 * lock, and again when the next attempt of this client was in vain.
 *
 * <p>A subscription comes only after an attempt, which may not have been meant to wait. So where others wait already, an attempt takes a place on trial, so as not to come behind those that come while it
 * is answered. The subscription adopts it; without one it is closed a moment after the last attempt.
 *
 * <p>Not the first: it watches the entry before it, and nothing else; and looks now and then, the less often the further behind it is. The first follows the lock, and wakes
 * the waiter when it is free.
 */
final class Place implements Subscription {
    /** How often the second looks; those behind it less often in proportion. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private static final int SELDOM = 20;

    /** For how long a place on trial outlives its attempt: the core subscribes at once, if at all. */
    private static final Duration LINGER = Duration.ofMillis(50);

    private final ZooKeeperBackend backend;
    private final Connection connection;
    private final Queues queues;
    private final String name;
    private final String lockPath;
    private final Line line;

    // all guarded by this
    private @Nullable Runnable wakeUp;
    private @Nullable Runnable attempt;
    private @Nullable Future<?> endOfTrial;
    private boolean closed;
    private boolean wanted;
    private @Nullable Entry entry;
    private int position;
    private @Nullable String ahead;
    private @Nullable Subscription lockWatch;
    private @Nullable CompletableFuture<Standing> asking;
    private boolean outdated;
    private @Nullable Future<?> nextLook;

    Place(ZooKeeperBackend backend, Connection connection, Queues queues, String name, Line line) {
        this.backend = backend;
        this.connection = connection;
        this.queues = queues;
        this.name = name;
        this.lockPath = backend.paths().lock(name);
        this.line = line;
    }

    /**
     * Somebody waits.
     *
     * @return false if this place is closed, or is another subscription's
     */
    boolean adopt(Runnable subscriber) {
        synchronized (this) {
            if (closed || wakeUp != null) {
                return false;
            }
            wakeUp = subscriber;
            cancel(endOfTrial);
        }
        stay();
        return true;
    }

    synchronized boolean isOnTrial() {
        return wakeUp == null;
    }

    /** An attempt is over, and no other one is under way. */
    synchronized void attempted() {
        attempt = null;
        if (wakeUp == null && !closed) {
            cancel(endOfTrial);
            endOfTrial = connection.after(LINGER, () -> close(true));
        }
    }

    /** Another attempt begins. */
    synchronized void attempting() {
        cancel(endOfTrial);
    }

    private static void cancel(@Nullable Future<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void wake() {
        Runnable woken;
        synchronized (this) {
            woken = wakeUp != null ? wakeUp : attempt;
        }
        if (woken != null) {
            woken.run();
        }
    }

    /** An attempt on trial stands by for its turn. */
    synchronized void standBy(Runnable onTurn) {
        attempt = onTurn;
    }

    Line line() {
        return line;
    }

    /** The path of the entry, if it is the first in line; it must be gone when the lock is held. */
    synchronized @Nullable String ticket(ZooKeeper zk) {
        return isIn(zk) && entry != null && position == 0 ? entry.path() : null;
    }

    /** Whether it is in line, so far as known. */
    synchronized boolean isIn(ZooKeeper zk) {
        return entry != null && entry.session() == zk;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Gets in line, unless it is. The first makes sure: nobody is before it whom it would see going, and it may have been passed while it stood still. */
    void stay() {
        boolean waits;
        synchronized (this) {
            waits = entry != null && entry.session().getState().isAlive() && position > 0;
        }
        if (!waits) {
            ask(!line.exists());
        }
    }

    /**
     * Asks how it stands, and gets in line first, unless it is. One question at a time: who asks meanwhile gets the same answer.
     *
     * @param first whether it will most likely be the first
     */
    CompletionStage<Standing> ask(boolean first) {
        CompletableFuture<Standing> answer;
        LineOperation operation;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.completedFuture(
                        Standing.failed(backend.unavailable("nobody waits any more", null, name)));
            }
            wanted = true;
            if (asking != null) {
                return asking;
            }
            cancelLook();
            answer = new CompletableFuture<>();
            asking = answer;
            operation = new LineOperation(backend, connection, name, line, first, entry);
        }
        operation.start().whenComplete((standing, defect) -> {
            if (standing == null) {
                answered(Standing.failed(backend.unavailable("no answer", defect, name)));
                answer.completeExceptionally(defect);
            } else {
                Runnable then = answered(standing);
                answer.complete(standing);
                then.run();
            }
        });
        return answer;
    }

    /** @return what is to be done next, not under the lock */
    private synchronized Runnable answered(Standing standing) {
        asking = null;
        boolean again = outdated;
        outdated = false;
        Entry in = standing.entry().orElse(null);
        if (closed || !wanted) {
            entry = null;
            return () -> leave(in);
        }
        if (standing.failure().isPresent()) {
            lookAfter(LOOK);
            return () -> {};
        }
        entry = in;
        if (in == null) {
            // removed by those behind it
            unfollow();
            return () -> ask(false);
        }
        position = standing.position();
        line.crowded(standing.others() > 0);
        return position == 0 ? first(standing) : waiting(standing, again);
    }

    private Runnable first(Standing standing) {
        ahead = null;
        boolean free = standing.lock().isEmpty();
        unfollow();
        lockWatch = backend.observations().subscribe(lockPath, this::wake, !free);
        return free ? this::wake : () -> {};
    }

    private Runnable waiting(Standing standing, boolean again) {
        unfollow();
        String before = standing.ahead().orElseThrow();
        boolean other = !before.equals(ahead);
        ahead = before;
        long now = backend.now();
        boolean free = standing.lock().map(seen -> seen.isOver(now)).orElse(true);
        Duration idle = line.idle(free ? standing.head() : Optional.empty(), now);
        boolean tooLong = idle.compareTo(Line.PATIENCE.multipliedBy(position)) >= 0;
        lookAfter(LOOK.multipliedBy(Math.min(position, SELDOM)));
        return () -> {
            if (other) {
                watch(before);
            }
            if (tooLong) {
                standing.head().ifPresent(head -> queues.removeIdle(name, head));
            }
            if (again) {
                ask(false);
            }
        };
    }

    private void watch(String before) {
        ZooKeeper zk = connection.connected();
        if (zk == null) {
            return;
        }
        // sets no watch on an entry that is gone, unlike exists()
        zk.getData(
                before,
                queues,
                (rc, path, context, data, stat) -> {
                    if (Code.get(rc) == Code.NONODE) {
                        gone(before);
                    }
                },
                null);
    }

    /** An entry is no longer in the queue. */
    void gone(String path) {
        boolean likelyFirst;
        synchronized (this) {
            if (closed || !wanted || !path.equals(ahead)) {
                return;
            }
            ahead = null;
            if (asking != null) {
                outdated = true;
                return;
            }
            likelyFirst = position == 1;
        }
        ask(likelyFirst);
    }

    private void lookAfter(Duration delay) {
        cancelLook();
        nextLook = connection.after(delay, () -> ask(false));
    }

    private void cancelLook() {
        cancel(nextLook);
        nextLook = null;
    }

    private void unfollow() {
        if (lockWatch != null) {
            lockWatch.close();
            lockWatch = null;
        }
    }

    /** The entry was not there when it should have counted. */
    synchronized void lost(String path) {
        if (entry != null && entry.path().equals(path)) {
            entry = null;
            unfollow();
        }
    }

    /**
     * This client holds the lock, and waits no more.
     *
     * @param spent the entry that went with the grant; null if none
     */
    void granted(@Nullable String spent) {
        Entry surplus;
        synchronized (this) {
            surplus = entry != null && !entry.path().equals(spent) ? entry : null;
            out();
        }
        leave(surplus);
    }

    private void out() {
        wanted = false;
        entry = null;
        ahead = null;
        cancelLook();
        unfollow();
    }

    private void leave(@Nullable Entry surplus) {
        // an entry of an earlier session has gone with it
        if (surplus != null && surplus.session().getState().isAlive()) {
            new LeaveOperation(connection, surplus.path()).start();
        }
    }

    /** The entry went with the session that made it. */
    void sessionEnded() {
        boolean again;
        synchronized (this) {
            entry = null;
            ahead = null;
            unfollow();
            again = wanted && !closed;
        }
        if (again) {
            ask(false);
        }
    }

    @Override
    public void close() {
        close(false);
    }

    private void close(boolean onlyOnTrial) {
        Entry last;
        synchronized (this) {
            if (closed || (onlyOnTrial && wakeUp != null)) {
                return;
            }
            closed = true;
            last = entry;
            out();
        }
        queues.closed(name, this);
        leave(last);
    }
}

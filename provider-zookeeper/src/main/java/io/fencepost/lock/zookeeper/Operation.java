package io.fencepost.lock.zookeeper;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One operation of the backend: requests that are sent again after a lost connection, until one is answered or the time is over. Rounds follow one
 * another, never overlap; only the deadline is concurrent to them.
 *
 * <p>A round is sent only while connected, so an operation that never found a connection has certainly had no effect. Once a request is out, {@code inDoubt} says
 * that it, or an earlier one, may have been applied or may still be.
 *
 * <p>A later request of the same session settles what became of the earlier ones: over one connection the order is first in, first out; once the session
 * moved to another server, the leader refuses what still comes through the old one (SessionTrackerImpl.checkSession, SessionMovedException),
 * and a server closes the old connection of a session before it serves the new one (ZooKeeperServer.processConnectRequest). The same holds for the requests of a session that
 * the ensemble has ended: they are refused, and what they created goes with the session.
 */
abstract class Operation<T> {
    private static final Duration THROTTLED = Duration.ofMillis(50);

    protected final Connection connection;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final AtomicBoolean waiting = new AtomicBoolean();
    private final long startedAt = System.nanoTime();
    private volatile @Nullable Future<?> deadline;
    private boolean done;
    private boolean expired;
    private int sending;
    private boolean inDoubt;
    private boolean answerLost;

    Operation(Connection connection) {
        this.connection = connection;
    }

    /** Sends one round. Its answer must lead to {@link #complete}, {@link #failed} or {@link #round}. */
    protected abstract void send(ZooKeeper zk);

    /**
     * The outcome when the time is over.
     *
     * @param mayHaveEffect whether a request is out whose effect is not known
     */
    protected abstract T outOfTime(boolean mayHaveEffect);

    /** The ensemble has ended the session of the last round. By default the next session goes on. */
    protected void sessionEnded() {
        settled();
        await();
    }

    /** Any other refusal. */
    protected abstract void refused(KeeperException.Code code);

    /** Without a deadline: ends when answered, or when the connection is closed. */
    final CompletionStage<T> start() {
        connection.add(this);
        round();
        return result;
    }

    final CompletionStage<T> start(Duration limit) {
        connection.add(this);
        deadline = connection.after(limit, this::expire);
        round();
        return result;
    }

    protected final void round() {
        ZooKeeper zk = connection.connected();
        if (zk == null) {
            await();
        } else if (begin()) {
            try {
                send(zk);
            } catch (RuntimeException e) {
                fail(e);
            } finally {
                sent();
            }
        }
    }

    private void await() {
        waiting.set(true);
        if (connection.connected() != null) {
            resume();
        } else if (connection.isClosed()) {
            expire();
        }
    }

    /** Goes on if it was waiting for a connection. */
    final void resume() {
        if (waiting.compareAndSet(true, false)) {
            round();
        }
    }

    /** Whether it is under way for so long. */
    final boolean hasWaited(long now, long nanos) {
        return now - startedAt > nanos;
    }

    private synchronized boolean begin() {
        if (!done) {
            inDoubt = true;
            sending++;
        }
        return !done;
    }

    private void sent() {
        synchronized (this) {
            sending--;
        }
        conclude();
    }

    /** An answer told that no request so far has an effect, or will have one. */
    protected final synchronized void settled() {
        inDoubt = false;
        answerLost = false;
    }

    /** Whether an earlier round went without an answer, and no later one has settled what became of it. */
    protected final synchronized boolean answerLost() {
        return answerLost;
    }

    /** @return whether this was the first outcome */
    protected final boolean complete(T value) {
        synchronized (this) {
            if (done) {
                return false;
            }
            done = true;
        }
        finish();
        result.complete(value);
        return true;
    }

    private void fail(RuntimeException defect) {
        synchronized (this) {
            done = true;
        }
        finish();
        result.completeExceptionally(defect);
    }

    private void finish() {
        connection.remove(this);
        Future<?> timer = deadline;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    /** The time is over, or the connection closed. */
    final void expire() {
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
            expired = true;
        }
        finish();
        conclude();
    }

    /** Not while a round is being sent: what {@link #outOfTime} sends must come after its requests, and knows of them only then. */
    private void conclude() {
        boolean doubt;
        synchronized (this) {
            if (!expired || sending > 0) {
                return;
            }
            expired = false;
            doubt = inDoubt;
        }
        result.complete(outOfTime(doubt));
    }

    /** Goes on after a round that was not answered, or answered with an error that the operation does not know. */
    protected final void failed(KeeperException.Code code) {
        if (connection.isClosed()) {
            expire();
            return;
        }
        switch (code) {
            case CONNECTIONLOSS, OPERATIONTIMEOUT, REQUESTTIMEOUT, SESSIONMOVED -> {
                lost();
                await();
            }
            case THROTTLEDOP -> {
                lost();
                connection.after(THROTTLED, this::round);
            }
            case SESSIONEXPIRED -> sessionEnded();
            default -> {
                connection.heard();
                refused(code);
            }
        }
    }

    private synchronized void lost() {
        answerLost = true;
    }

    /** Which part of a refused transaction was the cause; -1 if the whole was refused. */
    protected static int refusedPart(@Nullable List<OpResult> results) {
        if (results != null) {
            for (int i = 0; i < results.size(); i++) {
                if (results.get(i) instanceof OpResult.ErrorResult error && error.getErr() != 0) {
                    return i;
                }
            }
        }
        return -1;
    }
}

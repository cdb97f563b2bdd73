package io.fencepost.scheduler.store.jdbc;

import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import org.sqlite.SQLiteErrorCode;

/**
 * Carries out all writes of this process, on one thread: what is waiting goes into one transaction, since what a commit costs is the disk's sync, whatever is in it. A caller is answered after the commit.
 *
 * <p>If one of them fails, none of that transaction took effect, and each is tried again in one of its own. If the transaction cannot be begun, all of them fail at once.
 */
final class Writer implements AutoCloseable {
    private static final int MOST_TOGETHER = 256;

    /** For others to get their turn when there is more to write at once. */
    private static final long PAUSE_NANOS = 20_000;

    private final Link link;
    private final Turns turns;
    private final LinkedBlockingQueue<Entry<?>> queue = new LinkedBlockingQueue<>();
    private final Map<JobState, Long> tally = new EnumMap<>(JobState.class);
    private final Thread thread;
    private final Object closing = new Object();
    private boolean closed;

    /** A write. May be carried out more than once, each time in a transaction that was rolled back but for the last. */
    interface Write<T> {
        T on(Transaction transaction) throws SQLException;
    }

    /** What writes are made with. */
    final class Transaction {
        Link link() {
            return link;
        }

        /** So many more jobs, or fewer, are in this state. */
        void count(JobState state, long more) {
            tally.merge(state, more, Long::sum);
        }
    }

    private record Entry<T>(Write<T> write, CompletableFuture<T> answer) {
        Runnable carryOut(Transaction transaction) throws SQLException {
            T result = write.on(transaction);
            return () -> answer.complete(result);
        }
    }

    Writer(Link link, Turns turns, String name) {
        this.link = link;
        this.turns = turns;
        this.thread = new Thread(this::loop, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Blocks until it is on the disk. */
    <T> T run(Write<T> write) {
        Entry<T> entry = new Entry<>(write, new CompletableFuture<>());
        synchronized (closing) {
            if (closed) {
                throw new StoreException("the store is closed", new IllegalStateException("closed"));
            }
            queue.add(entry);
        }
        try {
            return entry.answer().join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof RuntimeException defect && !(cause instanceof StoreException)) {
                // asking again would not help
                throw defect;
            }
            throw new StoreException("the store could not write: " + cause.getMessage(), cause);
        }
    }

    private void loop() {
        Transaction transaction = new Transaction();
        List<Entry<?>> batch = new ArrayList<>();
        while (true) {
            batch.clear();
            try {
                batch.add(queue.take());
            } catch (InterruptedException e) {
                // nobody but close() ends this thread, and it does so by the queue
                continue;
            }
            queue.drainTo(batch, MOST_TOGETHER - 1);
            boolean last = batch.removeIf(entry -> entry.answer().isDone());
            if (!batch.isEmpty() && !together(transaction, batch)) {
                batch.forEach(entry -> together(transaction, List.of(entry)));
            }
            if (last) {
                return;
            }
            if (!queue.isEmpty()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** @return whether the callers were answered: not if it failed and there are several */
    private boolean together(Transaction transaction, List<Entry<?>> batch) {
        List<Runnable> answers = new ArrayList<>(batch.size());
        Turns.Turn turn = () -> {};
        try {
            turn = turns.take();
            if (!isBegun(batch)) {
                return true;
            }
            tally.clear();
            for (Entry<?> entry : batch) {
                answers.add(entry.carryOut(transaction));
            }
            for (Map.Entry<JobState, Long> change : tally.entrySet()) {
                link.update(
                        "INSERT INTO counts (state, n) VALUES (?1, ?2) ON CONFLICT (state) DO UPDATE SET n = n + ?2",
                        change.getKey().name(),
                        change.getValue());
            }
            link.commit();
        } catch (SQLException | RuntimeException | Error e) {
            // whatever it is, the callers are told and the next write finds this thread alive
            rollback(e);
            if (batch.size() == 1) {
                batch.get(0).answer().completeExceptionally(e);
                return true;
            }
            return false;
        } finally {
            turn.give();
        }
        answers.forEach(Runnable::run);
        return true;
    }

    /** If not, no single one is to blame, and each by itself would wait as long again. */
    private boolean isBegun(List<Entry<?>> batch) {
        try {
            link.beginWrite();
            return true;
        } catch (SQLException e) {
            SQLException fault = isBusy(e)
                    ? new SQLException(
                            "another process has kept the file from being written for too long; it is stopped, or hangs",
                            e.getSQLState(),
                            e.getErrorCode(),
                            e)
                    : e;
            // of one that was left open
            rollback(fault);
            batch.forEach(entry -> entry.answer().completeExceptionally(fault));
            return false;
        }
    }

    private static boolean isBusy(SQLException e) {
        return (e.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
    }

    private void rollback(Throwable cause) {
        try {
            link.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    /** Carries out what was asked for before, and ends. */
    @Override
    public void close() {
        synchronized (closing) {
            if (closed) {
                return;
            }
            closed = true;
            queue.add(new Entry<>(transaction -> true, CompletableFuture.completedFuture(true)));
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

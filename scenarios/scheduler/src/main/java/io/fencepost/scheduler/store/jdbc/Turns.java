package io.fencepost.scheduler.store.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets those that write to one file take turns: a lock on a file beside the database's, for which the operating system wakes who waits, and which ends with its process.
 *
 * <p>SQLite has a lock of its own, which is what keeps writers apart; but it lets them look again after a pause, so that one that writes all the time leaves others out for seconds. This is about their
 * turns only: where the file cannot be locked, or whoever has it does not give it back in time, because its process is stopped or hangs, writers go on without, and SQLite's lock decides.
 *
 * <p>One for each store; those of one file and process share a channel, since a process that closes any channel of a locked file loses all its locks on it.
 */
final class Turns implements AutoCloseable {
    private static final Map<Path, Shared> OPEN = new HashMap<>();

    private final Shared shared;
    private final Duration limit;
    private boolean closed;

    private Turns(Shared shared, Duration limit) {
        this.shared = shared;
        this.limit = limit;
    }

    /**
     * @param database that exists or not; its folder does
     * @param limit how long a turn is waited for
     */
    static Turns of(Path database, Duration limit) throws IOException {
        Path folder = database.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(database + " is in no folder");
        }
        Path key = folder.toRealPath().resolve(database.getFileName() + "-turn");
        synchronized (OPEN) {
            Shared shared = OPEN.computeIfAbsent(key, Shared::new);
            shared.users++;
            return new Turns(shared, limit);
        }
    }

    /** Blocks until it is this store's turn or the limit is over; an interrupt ends it too, and stays set. To be given back in any case. */
    Turn take() {
        long until = System.nanoTime() + limit.toNanos();
        try {
            if (!shared.inThisProcess.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                return () -> {};
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return () -> {};
        }
        try {
            FileLock lock = shared.lock(until - System.nanoTime());
            return () -> shared.give(lock);
        } catch (RuntimeException | Error e) {
            shared.inThisProcess.release();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (OPEN) {
            if (closed) {
                return;
            }
            closed = true;
            if (--shared.users == 0) {
                OPEN.remove(shared.key);
                shared.close();
            }
        }
    }

    /** One turn, had or not. */
    interface Turn {
        void give();
    }

    /** What the stores of one file have in common. The channel is used by who has the permit. */
    private static final class Shared {
        private final Path key;
        private final Semaphore inThisProcess = new Semaphore(1, true);
        private volatile @Nullable FileChannel channel;
        private int users;

        Shared(Path key) {
            this.key = key;
        }

        /** Null if it cannot be had. */
        private @Nullable FileLock lock(long nanos) {
            try {
                FileChannel open = open();
                FileLock free = open.tryLock();
                return free != null || nanos <= 0 ? free : await(open, nanos);
            } catch (IOException | OverlappingFileLockException e) {
                return null;
            }
        }

        private FileChannel open() throws IOException {
            FileChannel open = channel;
            if (open == null || !open.isOpen()) {
                open = FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                channel = open;
            }
            return open;
        }

        /** To close the channel is the one way to end the wait for it; the next turn opens another. */
        private static FileLock await(FileChannel open, long nanos) throws IOException {
            CompletableFuture<Boolean> late = new CompletableFuture<>();
            late.completeOnTimeout(true, nanos, TimeUnit.NANOSECONDS).thenAccept(is -> {
                if (is) {
                    close(open);
                }
            });
            try {
                return open.lock();
            } finally {
                late.complete(false);
            }
        }

        private void give(@Nullable FileLock lock) {
            try {
                if (lock != null) {
                    lock.release();
                }
            } catch (IOException e) {
                // then it ends with the channel; SQLite's own lock decides
            } finally {
                inThisProcess.release();
            }
        }

        private void close() throws IOException {
            FileChannel open = channel;
            if (open != null) {
                open.close();
            }
        }

        private static void close(FileChannel open) {
            try {
                open.close();
            } catch (IOException e) {
                // the wait ends all the same
            }
        }
    }
}

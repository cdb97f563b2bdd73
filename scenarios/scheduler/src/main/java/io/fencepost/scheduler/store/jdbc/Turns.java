package io.fencepost.scheduler.store.jdbc;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Lets those that write to one file take turns: a lock on a file beside the database's, for which the operating system wakes who waits, and which ends with its process.
 *
 * <p>SQLite has a lock of its own, which is what keeps writers apart; but it lets them look again after a pause, so that one that writes all the time leaves others out for seconds. This is about their
 * turns only, and where the file cannot be locked, writers go on without.
 *
 * <p>One for each file and process: a process that closes any channel of a locked file loses all its locks on it.
 */
final class Turns implements AutoCloseable {
    private static final Map<Path, Turns> OPEN = new HashMap<>();

    private final Path key;
    private final @Nullable FileChannel channel;
    private final Semaphore inThisProcess = new Semaphore(1, true);
    private int users;
    private @Nullable FileLock held;

    private Turns(Path key, @Nullable FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** @param database that exists or not; its folder does */
    static Turns of(Path database) throws IOException {
        Path folder = database.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(database + " is in no folder");
        }
        Path key = folder.toRealPath().resolve(database.getFileName() + "-turn");
        synchronized (OPEN) {
            Turns turns = OPEN.get(key);
            if (turns == null) {
                turns = new Turns(key, channel(key));
                OPEN.put(key, turns);
            }
            turns.users++;
            return turns;
        }
    }

    private static @Nullable FileChannel channel(Path key) {
        try {
            return FileChannel.open(key, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            return null;
        }
    }

    void take() {
        inThisProcess.acquireUninterruptibly();
        if (channel != null) {
            try {
                held = channel.lock();
            } catch (IOException e) {
                held = null;
            }
        }
    }

    void give() {
        FileLock lock = held;
        held = null;
        try {
            if (lock != null) {
                lock.release();
            }
        } catch (IOException e) {
            // then it ends with the process; SQLite's own lock decides
        } finally {
            inThisProcess.release();
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (OPEN) {
            if (--users > 0) {
                return;
            }
            OPEN.remove(key);
            if (channel != null) {
                channel.close();
            }
        }
    }
}

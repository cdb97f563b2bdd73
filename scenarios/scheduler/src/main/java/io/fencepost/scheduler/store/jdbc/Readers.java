package io.fencepost.scheduler.store.jdbc;

import io.fencepost.scheduler.store.StoreException;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;

/** A few connections that read, opened as they are needed. */
final class Readers implements AutoCloseable {
    private static final int MOST = 4;

    private final Database database;
    private final Semaphore free = new Semaphore(MOST, true);
    private final Deque<Link> idle = new ArrayDeque<>();
    private boolean closed;

    /** Something that is read, all of it as of one instant. */
    interface Read<T> {
        T on(Link link) throws SQLException;
    }

    Readers(Database database) {
        this.database = database;
    }

    <T> T run(Read<T> read) {
        free.acquireUninterruptibly();
        try {
            Link link = take();
            boolean sound = false;
            try {
                link.beginRead();
                T answer = read.on(link);
                link.commit();
                sound = true;
                return answer;
            } finally {
                if (sound) {
                    giveBack(link);
                } else {
                    link.close();
                }
            }
        } catch (SQLException e) {
            throw new StoreException("the store could not read: " + e.getMessage(), e);
        } finally {
            free.release();
        }
    }

    private Link take() throws SQLException {
        synchronized (idle) {
            if (closed) {
                throw new SQLException("the store is closed");
            }
            Link known = idle.poll();
            if (known != null) {
                return known;
            }
        }
        return database.reader();
    }

    private void giveBack(Link link) throws SQLException {
        synchronized (idle) {
            if (!closed) {
                idle.push(link);
                return;
            }
        }
        link.close();
    }

    @Override
    public void close() throws SQLException {
        Deque<Link> left;
        synchronized (idle) {
            closed = true;
            left = new ArrayDeque<>(idle);
            idle.clear();
        }
        for (Link link : left) {
            link.close();
        }
    }
}

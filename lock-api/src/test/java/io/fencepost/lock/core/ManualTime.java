package io.fencepost.lock.core;

import io.fencepost.lock.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A clock that stands still until a test moves it, and timers that follow it. For tests of one thread. */
final class ManualTime implements TimeSource, Timers {
    private static final int MOST_RUNS = 10_000;

    private long now = 1_000_000_000_000L;
    private final List<Task> tasks = new ArrayList<>();

    /** No record: two alarms for one task and instant are two. */
    private static final class Task {
        private final long at;
        private final Runnable action;

        Task(long at, Runnable action) {
            this.at = at;
            this.action = action;
        }
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public Alarm alarm(Runnable task) {
        return new ManualAlarm(task);
    }

    private final class ManualAlarm implements Alarm {
        private final Runnable task;
        private @Nullable Task pending;

        ManualAlarm(Runnable task) {
            this.task = task;
        }

        @Override
        public void set(long delayNanos) {
            synchronized (ManualTime.this) {
                cancel();
                pending = new Task(now + Math.max(0, delayNanos), task);
                tasks.add(pending);
            }
        }

        @Override
        public void cancel() {
            synchronized (ManualTime.this) {
                tasks.remove(pending);
                pending = null;
            }
        }
    }

    /** Moves on to each due task in turn, runs it, and ends {@code by} later. */
    void advance(Duration by) {
        long end = nanoTime() + by.toNanos();
        for (int runs = 0; ; runs++) {
            if (runs > MOST_RUNS) {
                throw new AssertionError("timers arm each other without end");
            }
            Task due;
            synchronized (this) {
                due = tasks.stream()
                        .filter(task -> task.at <= end)
                        .min(Comparator.comparingLong(task -> task.at))
                        .orElse(null);
                if (due == null) {
                    now = end;
                    return;
                }
                tasks.remove(due);
                now = Math.max(now, due.at);
            }
            due.action.run();
        }
    }

    /** Moves on without running what is due: a process that was paused. */
    synchronized void jump(Duration by) {
        now += by.toNanos();
    }

    synchronized int pending() {
        return tasks.size();
    }

    @Override
    public synchronized void close() {
        tasks.clear();
    }
}

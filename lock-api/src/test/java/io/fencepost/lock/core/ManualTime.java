package io.fencepost.lock.core;

import io.fencepost.lock.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A clock that stands still until a test moves it, and timers that follow it. For tests of one thread. */
final class ManualTime implements TimeSource, Timers {
    private static final int MOST_RUNS = 10_000;

    private long now = 1_000_000_000_000L;
    private final List<Task> tasks = new ArrayList<>();

    private record Task(long at, Runnable action) {}

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Scheduled schedule(Runnable task, long delayNanos) {
        Task scheduled = new Task(now + Math.max(0, delayNanos), task);
        tasks.add(scheduled);
        return () -> {
            synchronized (this) {
                tasks.remove(scheduled);
            }
        };
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
                        .min(Comparator.comparingLong(Task::at))
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

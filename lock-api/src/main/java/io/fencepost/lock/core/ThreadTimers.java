package io.fencepost.lock.core;

import java.util.Arrays;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Timers} on one daemon thread of their own, which begins with the first alarm that is set.
 *
 * <p>A heap of the alarms that are set; each knows its place, so that setting and cancelling move few of them and allocate nothing. Nearly all alarms of a lock client are cancelled
 * long before they are due. Therefore the thread is woken only for an alarm that is due before the thread would wake by itself, not whenever the earliest one changes: what it is
 * awake for in vain is one look at the heap, and a client that acquires and releases a million times wakes it once a ttl.
 */
final class ThreadTimers implements Timers {
    private static final Logger log = LoggerFactory.getLogger(ThreadTimers.class);

    private final String threadName;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition earlier = lock.newCondition();

    // all guarded by lock
    private @Nullable Entry[] heap = new Entry[16];
    private int size;
    private @Nullable Thread thread;
    private boolean asleep;
    /** Whether the thread, if it sleeps, wakes by itself, and when. */
    private boolean wakes;

    private long wakesAt;
    private boolean closed;

    ThreadTimers(String threadName) {
        this.threadName = threadName;
    }

    @Override
    public Alarm alarm(Runnable task) {
        return new Entry(task);
    }

    private final class Entry implements Alarm {
        private static final int NOT_SET = -1;

        private final Runnable task;
        private int place = NOT_SET;
        private long due;

        Entry(Runnable task) {
            this.task = task;
        }

        @Override
        public void set(long delayNanos) {
            long delay = Math.max(0, Math.min(delayNanos, Durations.FOREVER_NANOS));
            lock.lock();
            try {
                if (closed) {
                    return;
                }
                due = System.nanoTime() + delay;
                if (place == NOT_SET) {
                    if (size == heap.length) {
                        heap = Arrays.copyOf(heap, 2 * size);
                    }
                    put(this, size++);
                }
                up(this);
                down(this);
                if (thread == null) {
                    thread = begin();
                } else if (asleep && (!wakes || due - wakesAt < 0)) {
                    // so that the next alarm does not signal as well, for a thread that is about to wake
                    asleep = false;
                    earlier.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void cancel() {
            lock.lock();
            try {
                if (place != NOT_SET) {
                    remove(this);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private Thread begin() {
        Thread started = new Thread(this::run, threadName);
        started.setDaemon(true);
        started.start();
        return started;
    }

    private void run() {
        boolean goOn = true;
        while (goOn) {
            try {
                Entry due = nextDue();
                goOn = due != null;
                if (due != null) {
                    due.task.run();
                }
            } catch (InterruptedException e) {
                log.warn("somebody interrupted {}, which goes on", threadName, e);
            } catch (Throwable t) {
                log.error("a timer task failed", t);
            }
        }
    }

    /** Waits for an alarm to be due and takes it out; null after the close. */
    private @Nullable Entry nextDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Entry first = heap[0];
                long delay = first == null ? 0 : first.due - System.nanoTime();
                if (first != null && delay <= 0) {
                    remove(first);
                    return first;
                }
                asleep = true;
                wakes = first != null;
                wakesAt = first == null ? 0 : first.due;
                if (first == null) {
                    earlier.await();
                } else {
                    long unused = earlier.awaitNanos(delay);
                }
                asleep = false;
            }
            return null;
        } finally {
            asleep = false;
            lock.unlock();
        }
    }

    // ---- the heap: called under the lock

    private Entry at(int place) {
        Entry entry = heap[place];
        if (entry == null) {
            throw new IllegalStateException("the heap of " + size + " has nothing at " + place);
        }
        return entry;
    }

    private void put(Entry entry, int place) {
        heap[place] = entry;
        entry.place = place;
    }

    private void remove(Entry entry) {
        int place = entry.place;
        entry.place = Entry.NOT_SET;
        Entry last = at(--size);
        heap[size] = null;
        if (last != entry) {
            put(last, place);
            up(last);
            down(last);
        }
    }

    private void up(Entry entry) {
        int place = entry.place;
        while (place > 0) {
            Entry parent = at((place - 1) / 2);
            if (entry.due - parent.due >= 0) {
                break;
            }
            int above = parent.place;
            put(parent, place);
            place = above;
        }
        put(entry, place);
    }

    private void down(Entry entry) {
        int place = entry.place;
        while (2 * place + 1 < size) {
            Entry child = at(2 * place + 1);
            if (2 * place + 2 < size && at(2 * place + 2).due - child.due < 0) {
                child = at(2 * place + 2);
            }
            if (child.due - entry.due >= 0) {
                break;
            }
            int below = child.place;
            put(child, place);
            place = below;
        }
        put(entry, place);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            while (size > 0) {
                remove(at(size - 1));
            }
            earlier.signal();
        } finally {
            lock.unlock();
        }
    }
}

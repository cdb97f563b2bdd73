package io.fencepost.scenarios.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Events that wait to be asked for. Thread-safe. */
final class Inbox {
    private final List<Event> events = new ArrayList<>();
    private boolean ended;

    synchronized void put(Event event) {
        events.add(event);
        notifyAll();
    }

    /** No event will follow. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Whether {@link #end} was called. */
    synchronized boolean hasEnded() {
        return ended;
    }

    /**
     * Takes the first event that fits, and waits for it if there is none.
     *
     * @return empty if none came within the limit, or none will come
     */
    synchronized Optional<Event> take(Predicate<Event> fits, Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            for (Iterator<Event> i = events.iterator(); i.hasNext(); ) {
                Event event = i.next();
                if (fits.test(event)) {
                    i.remove();
                    return Optional.of(event);
                }
            }
            long left = deadline - System.nanoTime();
            if (ended || left <= 0) {
                return Optional.empty();
            }
            // one more millisecond, since zero would wait for ever
            wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        }
    }
}

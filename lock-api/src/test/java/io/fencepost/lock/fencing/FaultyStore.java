package io.fencepost.lock.fencing;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A store in memory whose requests and answers get lost, and arrive late. Thread-safe. */
final class FaultyStore implements FencedStore<FencedStore.Mark> {
    private final MemoryFencedStore sound = new MemoryFencedStore();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final Deque<Runnable> late = new ArrayDeque<>();
    private final List<Write> applied = new ArrayList<>();
    private int lookFaults;
    private int requests;
    private Runnable beforeLook = () -> {};

    /** What becomes of a write. */
    enum Fault {
        NONE,
        /** It takes effect, and nobody is told. */
        ANSWER_LOST,
        /** It may take effect when {@link #deliverLate} is called. */
        REQUEST_LATE,
        /** It is refused by a server that is not there. */
        UNAVAILABLE
    }

    /** The faults of the next writes, one each. */
    synchronized void next(Fault... inOrder) {
        faults.addAll(List.of(inOrder));
    }

    synchronized void failLooks(int number) {
        lookFaults = number;
    }

    synchronized void beforeNextLook(Runnable action) {
        beforeLook = action;
    }

    /** Every request that is still on its way arrives. */
    synchronized void deliverLate() {
        while (!late.isEmpty()) {
            late.poll().run();
        }
    }

    synchronized int requests() {
        return requests;
    }

    /** All that took effect, in that order. */
    synchronized List<Write> applied() {
        return List.copyOf(applied);
    }

    @Override
    public synchronized Answer<Mark> replace(Optional<Mark> expected, Write write, Duration limit) {
        requests++;
        Fault fault = Optional.ofNullable(faults.poll()).orElse(Fault.NONE);
        switch (fault) {
            case UNAVAILABLE -> throw new LockUnavailableException("no server", null);
            case REQUEST_LATE -> {
                late.add(() -> apply(expected, write));
                throw new OutcomeUnknownException("no answer", null);
            }
            default -> {
                Answer<Mark> answer = apply(expected, write);
                if (fault == Fault.ANSWER_LOST) {
                    throw new OutcomeUnknownException("no answer", null);
                }
                return answer;
            }
        }
    }

    private Answer<Mark> apply(Optional<Mark> expected, Write write) {
        Answer<Mark> answer = sound.replace(expected, write, Duration.ZERO);
        if (answer instanceof Answer.Applied) {
            applied.add(write);
        }
        return answer;
    }

    @Override
    public Optional<Mark> look(String key, Duration limit) {
        Runnable first;
        synchronized (this) {
            requests++;
            if (lookFaults > 0) {
                lookFaults--;
                throw new LockUnavailableException("no server", null);
            }
            first = beforeLook;
            beforeLook = () -> {};
        }
        first.run();
        return sound.look(key, limit);
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        return sound.read(key, limit);
    }
}

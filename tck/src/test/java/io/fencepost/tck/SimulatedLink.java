package io.fencepost.tck;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The connection of some clients with a {@link SimulatedCluster}: keeps the order of what it holds back. Thread-safe. */
final class SimulatedLink {
    /** What passes. */
    enum Mode {
        PASS,
        CUT,
        FREEZE,
        HOLD_REQUESTS,
        HOLD_ANSWERS
    }

    private final Deque<Runnable> held = new ArrayDeque<>();
    private Mode mode = Mode.PASS;
    private int cuts;

    /** Sends a request. */
    void request(Runnable deliver, Runnable refuse) {
        boolean passes;
        synchronized (this) {
            if (mode == Mode.FREEZE || mode == Mode.HOLD_REQUESTS) {
                held.add(deliver);
                return;
            }
            passes = mode != Mode.CUT;
        }
        (passes ? deliver : refuse).run();
    }

    /** Sends an answer; one that meets a cut link is lost. */
    void answer(Runnable deliver) {
        synchronized (this) {
            if (mode == Mode.FREEZE || mode == Mode.HOLD_ANSWERS) {
                held.add(deliver);
                return;
            }
            if (mode == Mode.CUT) {
                return;
            }
        }
        deliver.run();
    }

    synchronized void become(Mode next) {
        mode = next;
        if (next == Mode.CUT) {
            held.clear();
            cuts++;
        }
    }

    synchronized void drop() {
        held.clear();
        mode = Mode.PASS;
    }

    void heal() {
        List<Runnable> late;
        synchronized (this) {
            late = new ArrayList<>(held);
            held.clear();
            mode = Mode.PASS;
        }
        late.forEach(Runnable::run);
    }

    synchronized long held() {
        return held.size();
    }

    /** How often the connection was lost. */
    synchronized int cuts() {
        return cuts;
    }
}

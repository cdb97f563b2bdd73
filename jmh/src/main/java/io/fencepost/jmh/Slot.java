package io.fencepost.jmh;

import io.fencepost.jmh.contestant.Attempt;
import io.fencepost.jmh.contestant.Hold;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** A thread of a benchmark and the client that it uses. */
@State(Scope.Thread)
public class Slot {
    // set up by JMH before any benchmark method runs
    @SuppressWarnings("NullAway.Init")
    private Arena arena;

    @SuppressWarnings("NullAway.Init")
    private Tally tally;

    private int client;
    private int next;

    /** Spreads the threads evenly over the clients. */
    @Setup(Level.Trial)
    public void take(Arena theArena, ThreadParams thread) {
        arena = theArena;
        tally = theArena.tally(thread.getThreadIndex());
        client = thread.getThreadIndex() % theArena.clients;
    }

    /** Disconnects with the others. */
    @TearDown(Level.Trial)
    public void leave() throws InterruptedException {
        arena.leave();
    }

    int client() {
        return client;
    }

    /** The next lock in turn. */
    Watched nextLock() {
        return arena.lock(next++ % arena.locks);
    }

    /** Takes a lock that nobody else uses. */
    Hold takeFree(Watched lock) throws Exception {
        return arena.contestant().tryAcquire(client, lock.name()).held();
    }

    /** Waits for a lock, holds it for no time, and gives it back. */
    void cycle(Watched lock, Outcomes outcomes) throws Exception {
        long called = System.nanoTime();
        Attempt attempt = arena.contestant().acquire(client, lock.name(), arena.waitLimit());
        long decided = System.nanoTime();
        if (attempt instanceof Attempt.Acquired acquired) {
            held(lock, acquired.hold(), called, decided);
            outcomes.acquired++;
            return;
        }
        if (attempt instanceof Attempt.Contended) {
            outcomes.contended++;
        } else if (attempt instanceof Attempt.Unavailable) {
            outcomes.unavailable++;
        } else {
            outcomes.unknown++;
        }
        if (arena.measuring()) {
            notHeld(attempt);
            tally.operation(called, decided);
        }
    }

    private void notHeld(Attempt attempt) {
        if (attempt instanceof Attempt.Contended) {
            tally.contended++;
        } else if (attempt instanceof Attempt.Unavailable unavailable) {
            tally.unavailable++;
            tally.failed(unavailable.cause());
        } else if (attempt instanceof Attempt.Unknown unknown) {
            tally.unknown++;
            tally.failed(unknown.cause());
        }
    }

    private void held(Watched lock, Hold hold, long called, long granted) {
        boolean alone = lock.entered();
        boolean ordered = hold.token().isEmpty() || lock.grew(hold.token().getAsLong());
        boolean released = true;
        lock.left();
        try {
            hold.release();
        } catch (Exception e) {
            released = false;
            tally.failed(e);
        }
        long done = System.nanoTime();
        // a violation counts whenever it was
        tally.overlaps += alone ? 0 : 1;
        tally.tokenViolations += ordered ? 0 : 1;
        if (arena.measuring()) {
            tally.acquired++;
            tally.failedReleases += released ? 0 : 1;
            tally.wait.recordValue(granted - called);
            tally.cycle.recordValue(done - called);
            tally.operation(called, done);
        }
    }
}

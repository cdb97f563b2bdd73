package io.fencepost.jmh.floor;

import io.fencepost.jmh.contestant.Ability;
import io.fencepost.jmh.contestant.Attempt;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.PerClient;
import java.time.Duration;

/** Raw calls of the driver, one {@link Floor} a client. A lock in name only: no tokens, no renewal, no waiting, no clean-up after a dead holder. */
final class FloorContestant implements Contestant {
    private final PerClient<Floor> floors;

    private FloorContestant(PerClient<Floor> floors) {
        this.floors = floors;
    }

    /** Connects one floor. */
    @FunctionalInterface
    interface FloorOpener {
        Floor open(Opening opening) throws Exception;
    }

    static ContestantType.Opener opener(FloorOpener opener) {
        return opening -> new FloorContestant(PerClient.open(opening.clients(), client -> opener.open(opening)));
    }

    @Override
    public Attempt acquire(int client, String lock, Duration wait) {
        throw new UnsupportedOperationException(Ability.WAITS.lack());
    }

    @Override
    public Attempt tryAcquire(int client, String lock) throws Exception {
        Floor floor = floors.of(client);
        return floor.tryTake(lock) ? new Attempt.Acquired(() -> floor.giveBack(lock)) : new Attempt.Contended();
    }

    @Override
    public void close() {
        floors.close();
    }
}

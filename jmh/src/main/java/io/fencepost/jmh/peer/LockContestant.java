package io.fencepost.jmh.peer;

import io.fencepost.jmh.contestant.Attempt;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.Hold;
import io.fencepost.jmh.contestant.PerClient;
import java.time.Duration;
import java.util.Optional;

/** A peer whose clients can wait, or seem to. What a client throws is taken for {@link Attempt.Unknown}: peers do not tell what became of a failed try. */
final class LockContestant implements Contestant {
    private final PerClient<? extends Client> clients;

    /** One client of a peer. */
    interface Client extends AutoCloseable {
        /** @return what gives the lock back; empty if somebody else had it until {@code wait} was over */
        Optional<Holding> acquire(String lock, Duration wait) throws Exception;

        @Override
        void close();
    }

    /** One lock that is held. */
    interface Holding extends Hold {}

    LockContestant(PerClient<? extends Client> clients) {
        this.clients = clients;
    }

    @Override
    public Attempt acquire(int client, String lock, Duration wait) throws InterruptedException {
        try {
            Optional<Holding> holding = clients.of(client).acquire(lock, wait);
            return holding.isPresent() ? new Attempt.Acquired(holding.get()) : new Attempt.Contended();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            return new Attempt.Unknown(e);
        }
    }

    @Override
    public Attempt tryAcquire(int client, String lock) throws InterruptedException {
        return acquire(client, lock, Duration.ZERO);
    }

    @Override
    public void close() {
        clients.close();
    }
}

package io.fencepost.jmh.contestant;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** {@link ReentrantLock}, unfair: excludes threads of one process. No lease, no tokens, no expiry. */
final class ReentrantLockContestant implements Contestant {
    private final ConcurrentHashMap<String, ReentrantLock> locks = new ConcurrentHashMap<>();

    ReentrantLockContestant(Opening opening) {
        if (opening.clients() != 1) {
            throw new IllegalArgumentException(
                    "a ReentrantLock has no clients, so clients is 1, not " + opening.clients());
        }
    }

    private ReentrantLock lock(String name) {
        ReentrantLock known = locks.get(name);
        return known != null ? known : locks.computeIfAbsent(name, key -> new ReentrantLock());
    }

    @Override
    public Attempt acquire(int client, String lock, Duration wait) throws InterruptedException {
        ReentrantLock found = lock(lock);
        return found.tryLock(wait.toNanos(), TimeUnit.NANOSECONDS)
                ? new Attempt.Acquired(found::unlock)
                : new Attempt.Contended();
    }

    @Override
    public Attempt tryAcquire(int client, String lock) {
        ReentrantLock found = lock(lock);
        return found.tryLock() ? new Attempt.Acquired(found::unlock) : new Attempt.Contended();
    }

    @Override
    public void close() {}
}

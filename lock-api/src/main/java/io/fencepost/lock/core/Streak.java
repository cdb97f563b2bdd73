package io.fencepost.lock.core;

import java.time.Duration;

/**
 * How long one client may keep a lock to itself by passing it from one of its calls to the next, while others wait elsewhere. Guarded by the lock of its {@link LockQueue}.
 *
 * <p>A streak begins with the first grant while calls of this client wait, and goes on with each grant that follows the client's own release. When it has lasted for
 * {@link #MOST_GRANTS} grants or {@link #LONGEST_NANOS}, whichever is first, but for {@link #LEAST_GRANTS}, the lock is truly released, and the client makes a pause in which everybody else may take it. Where the
 * backend wakes who waits, a few rounds are enough, nearly always: who is farther from the backend, or missed the news, has its chance in a long pause now and then. Where it does not, the pause is as long as others may sleep, and would be felt: so if nobody took the lock in it, there is probably
 * nobody, and the next streak may be twice as long, up to {@value #MOST_GROWTH} times; as soon as somebody else is seen to hold the lock it is back to the least.
 */
final class Streak {
    /** However long they take: where leases last for seconds, the pause after each of them would be felt. */
    static final int LEAST_GRANTS = 2;

    static final int MOST_GRANTS = 32;
    static final long LONGEST_NANOS = Duration.ofMillis(250).toNanos();
    static final int MOST_GROWTH = 8;

    /**
     * The pause where the backend wakes nobody: contenders with the default backoff look again within it, nearly always. It costs nothing when they do, since it is they who hold the
     * lock then.
     */
    static final long PAUSE_WITHOUT_WAKE_UPS_NANOS = Duration.ofMillis(200).toNanos();

    /** The pause where the backend wakes who waits: to hear of it, to ask, to be answered, and as much again for good measure. */
    static final int PAUSE_ROUNDS = 4;

    /** For how long nobody else was seen, where the backend wakes who waits, before a pause is a long one: by it one client alone loses a twentieth. */
    static final long LONGEST_ALONE_NANOS = 20 * PAUSE_WITHOUT_WAKE_UPS_NANOS;

    private static final long LEAST_PAUSE_NANOS = 100_000;

    private final boolean wakeUps;
    private boolean alone;
    private long aloneSince;
    private int grants;
    private long since;
    private int growth = 1;
    private boolean yielded;

    /** @param wakeUps whether the backend wakes who waits */
    Streak(boolean wakeUps) {
        this.wakeUps = wakeUps;
    }

    /** This client got the lock. */
    void granted(long now) {
        if (grants == 0) {
            since = now;
        }
        grants++;
        if (!alone) {
            alone = true;
            aloneSince = now;
        }
        if (yielded) {
            yielded = false;
            growth = wakeUps ? 1 : Math.min(MOST_GROWTH, 2 * growth);
        }
    }

    /** Somebody else was found to hold the lock. */
    void interrupted() {
        grants = 0;
        growth = 1;
        yielded = false;
        alone = false;
    }

    /** Nobody of this client waits any more. */
    void ended() {
        grants = 0;
        yielded = false;
        alone = false;
    }

    /** Whether another call of this client may be next. */
    boolean mayGoOn(long now) {
        return grants < LEAST_GRANTS || (grants < MOST_GRANTS * growth && now - since < LONGEST_NANOS * growth);
    }

    /**
     * The lock was released for others to take.
     *
     * @param roundNanos how long the last round of this client took
     * @return for how long it is left to them
     */
    long yielded(long now, long roundNanos) {
        grants = 0;
        yielded = true;
        if (!wakeUps) {
            return PAUSE_WITHOUT_WAKE_UPS_NANOS;
        }
        if (alone && now - aloneSince >= LONGEST_ALONE_NANOS) {
            aloneSince = now;
            return PAUSE_WITHOUT_WAKE_UPS_NANOS;
        }
        return Math.max(LEAST_PAUSE_NANOS, PAUSE_ROUNDS * roundNanos);
    }
}

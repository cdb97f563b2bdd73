package io.fencepost.lock.core;

import java.time.Duration;

/**
 * How long one client may keep a lock to itself by passing it from one of its calls to the next, while others wait elsewhere. Guarded by the lock of its {@link LockQueue}.
 *
 * <p>A streak begins with the first grant while calls of this client wait, and goes on with each grant that follows the client's own release. When it has lasted for
 * {@link #MOST_GRANTS} grants or {@link #LONGEST_NANOS}, whichever is first, but for {@link #LEAST_GRANTS}, the lock is truly released, and the client makes a pause in which everybody else may take it. If nobody did,
 * there is probably nobody, and the next streak may be twice as long, up to {@value #MOST_GROWTH} times; as soon as somebody else is seen to hold the lock it is back to the
 * least. So a client that has just come waits for {@value #MOST_GROWTH} streaks at most before it gets its chance.
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

    private int grants;
    private long since;
    private int growth = 1;
    private boolean yielded;

    /** This client got the lock. */
    void granted(long now) {
        if (grants == 0) {
            since = now;
        }
        grants++;
        if (yielded) {
            yielded = false;
            growth = Math.min(MOST_GROWTH, 2 * growth);
        }
    }

    /** Somebody else was found to hold the lock. */
    void interrupted() {
        grants = 0;
        growth = 1;
        yielded = false;
    }

    /** Nobody of this client waits any more. */
    void ended() {
        grants = 0;
        yielded = false;
    }

    /** Whether another call of this client may be next. */
    boolean mayGoOn(long now) {
        return grants < LEAST_GRANTS || (grants < MOST_GRANTS * growth && now - since < LONGEST_NANOS * growth);
    }

    /** The lock was released for others to take. */
    void yielded() {
        grants = 0;
        yielded = true;
    }
}

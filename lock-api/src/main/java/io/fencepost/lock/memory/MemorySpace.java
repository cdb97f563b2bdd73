package io.fencepost.lock.memory;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.LockBackend;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A set of locks in this process: what a server is to other providers. A linearizable map from name to lease in force, with a clock that can be injected, so that tests move it.
 *
 * <p>Thread-safe. Holds one entry for each lock that is held or waited for, and nothing for others: the tokens of all locks come from one counter.
 */
public final class MemorySpace {
    private final TimeSource clock;
    private final AtomicLong tokens = new AtomicLong();
    private final ConcurrentHashMap<String, Held> locks = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, List<Runnable>> wakeUps = new ConcurrentHashMap<>();

    /** A lease in force until {@code expiresAt} of the space's clock. */
    record Held(UUID attemptId, FencingToken token, String holder, Map<String, String> metadata, long expiresAt) {
        Held until(long newExpiry) {
            return new Held(attemptId, token, holder, metadata, newExpiry);
        }
    }

    /** @param clock judges expiry */
    public MemorySpace(TimeSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    /** A backend for one client; any number may be connected. */
    public LockBackend connect() {
        return new MemoryBackend(this);
    }

    long now() {
        return clock.nanoTime();
    }

    /** The lease in force after the attempt: its own if {@code attemptId} is its, somebody else's otherwise. */
    Held acquire(AttemptRequest request) {
        return locks.compute(request.name(), (name, held) -> {
            long now = now();
            return held != null && isInForce(held, now) ? held : grant(request, now);
        });
    }

    private Held grant(AttemptRequest request, long now) {
        return new Held(
                request.attemptId(),
                new FencingToken(tokens.incrementAndGet()),
                request.holder(),
                request.metadata(),
                now + request.ttl().toNanos());
    }

    /** What {@link #handOff} found before, and what is in force after it. */
    record Handoff(boolean wasHeld, Held after) {}

    /** Ends the lease of {@code attemptId} if it is in force, and acquires for {@code request}, in one step. */
    Handoff handOff(UUID attemptId, AttemptRequest request) {
        boolean[] wasHeld = new boolean[1];
        Held after = locks.compute(request.name(), (name, held) -> {
            long now = now();
            boolean inForce = held != null && isInForce(held, now);
            wasHeld[0] = inForce && held.attemptId().equals(attemptId);
            return inForce && !wasHeld[0] ? held : grant(request, now);
        });
        return new Handoff(wasHeld[0], after);
    }

    /** Whether the attempt still held the lock, and so holds it for {@code ttlNanos} from now. */
    boolean renew(String name, UUID attemptId, long ttlNanos) {
        Held after = locks.computeIfPresent(name, (n, held) -> {
            long now = now();
            if (!isInForce(held, now)) {
                return null;
            }
            return held.attemptId().equals(attemptId) ? held.until(now + ttlNanos) : held;
        });
        return after != null && after.attemptId().equals(attemptId);
    }

    /** Whether a lease in force was ended: the attempt's own, or anybody's if {@code attemptId} is null. */
    boolean release(String name, @Nullable UUID attemptId) {
        while (true) {
            Held held = locks.get(name);
            if (held == null) {
                return false;
            }
            boolean inForce = isInForce(held, now());
            if (inForce && attemptId != null && !held.attemptId().equals(attemptId)) {
                return false;
            }
            // fails if it was renewed or replaced meanwhile
            if (locks.remove(name, held)) {
                if (inForce) {
                    wakeUps.getOrDefault(name, List.of()).forEach(Runnable::run);
                }
                return inForce;
            }
        }
    }

    @Nullable
    Held inForce(String name) {
        Held held = locks.get(name);
        return held != null && isInForce(held, now()) ? held : null;
    }

    void subscribe(String name, Runnable wakeUp) {
        wakeUps.compute(name, (n, all) -> {
            List<Runnable> subscribers = all == null ? new CopyOnWriteArrayList<>() : all;
            subscribers.add(wakeUp);
            return subscribers;
        });
        if (inForce(name) == null) {
            // released between the caller's attempt and this
            wakeUp.run();
        }
    }

    void unsubscribe(String name, Runnable wakeUp) {
        wakeUps.computeIfPresent(name, (n, all) -> {
            all.remove(wakeUp);
            return all.isEmpty() ? null : all;
        });
    }

    private static boolean isInForce(Held held, long now) {
        return held.expiresAt() - now > 0;
    }
}

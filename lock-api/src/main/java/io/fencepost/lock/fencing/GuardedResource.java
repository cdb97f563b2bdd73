package io.fencepost.lock.fencing;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedStore.Answer;
import io.fencepost.lock.fencing.FencedStore.Write;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The guard of all stores.
 *
 * <p><b>Algorithm.</b> A write replaces the entry that this client last saw of its key, if that is still there and has no greater token; refused, it is told what is there instead, and tries again with that, or
 * is stale. A holder that goes on writing needs one round each, the first write of a key by a client two.
 *
 * <p><b>Why not just "if the fence is not greater".</b> That holds off other holders, and not the copies of a holder's own writes: one that was not answered, was repeated, and was followed by the next write of
 * the same token would bring the old value back when it is executed late. Here every write has an id that is never used again and expects the id before it, so of all copies one at most is
 * applied, and none after any other write was.
 *
 * <p><b>Unanswered writes.</b> A look tells: the entry has this write's id: accepted. It is still the expected one: sent again, with the same id and the same expectation, so that it does not matter which copy comes
 * first. It is another one: no copy can be applied any more, but one may have been, before that other: unknown. So it is where the look fails.
 *
 * <p><b>Why tokens never go down.</b> Each entry was made by a write whose token is not smaller than that of the entry that it replaced; entries are replaced atomically, one after the other.
 *
 * <p><b>What breaks it.</b> Entries that are removed, changed by others, or restored from a backup; a store that loses what it has answered; tokens of several locks in one key.
 */
final class GuardedResource<S extends FencedStore.Stamp> implements FencedResource {
    private static final int REMEMBERED = 10_000;
    private static final long LONGEST_PAUSE_MILLIS = 64;

    private final FencedStore<S> store;
    private final String name;
    private final Duration timeout;
    /** What this client last saw of each key: a guess, which the store refuses if it is wrong. */
    private final Map<String, S> seen;

    private volatile boolean closed;

    @SuppressWarnings("serial")
    GuardedResource(FencedStore<S> store, String name, Duration timeout) {
        this.store = Objects.requireNonNull(store, "store");
        this.name = Objects.requireNonNull(name, "name");
        this.timeout = timeout;
        this.seen = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, S> eldest) {
                return size() > REMEMBERED;
            }
        };
    }

    @Override
    public FencedWrite write(String key, FencingToken token, byte[] value) {
        Keys.check(key);
        Keys.check(key, value);
        // drivers encode when they send, which may be after this call gave up and the caller has its array back
        return put(key, token, Optional.of(value.clone()));
    }

    @Override
    public FencedWrite delete(String key, FencingToken token) {
        Keys.check(key);
        return put(key, token, Optional.empty());
    }

    private FencedWrite put(String key, FencingToken token, Optional<byte[]> value) {
        ensureOpen();
        return new Put(new Write(key, Objects.requireNonNull(token, "token"), UUID.randomUUID(), value)).run();
    }

    @Override
    public Optional<FencedValue> read(String key) {
        Keys.check(key);
        ensureOpen();
        try {
            return store.read(key, timeout);
        } catch (LockUnavailableException e) {
            throw new LockUnavailableException(
                    name + ": '" + Keys.shown(key) + "' could not be read: " + e.getMessage(), e, key, null, null);
        }
    }

    @Override
    public void close() {
        closed = true;
        store.close();
    }

    private void ensureOpen() {
        if (closed) {
            throw new LockClosedException(name + ": the resource is closed", null);
        }
    }

    private synchronized Optional<S> remembered(String key) {
        return Optional.ofNullable(seen.get(key));
    }

    private synchronized void remember(String key, Optional<S> stamp) {
        stamp.ifPresentOrElse(now -> seen.put(key, now), () -> seen.remove(key));
    }

    private static boolean same(Optional<? extends FencedStore.Stamp> a, Optional<? extends FencedStore.Stamp> b) {
        return a.map(FencedStore.Stamp::writeId).equals(b.map(FencedStore.Stamp::writeId));
    }

    /** One write, until it is known what became of it or its time is up. */
    private final class Put {
        private final Write write;
        private final long end = System.nanoTime() + timeout.toNanos();
        private Optional<S> expected;
        /** Why it is not known whether a copy of this write was applied; null if it is known that none was. */
        private @Nullable RuntimeException unanswered;

        Put(Write write) {
            this.write = write;
            this.expected = remembered(write.key());
        }

        FencedWrite run() {
            for (int tries = 0; ; tries++) {
                Optional<FencingToken> fence = expected.map(FencedStore.Stamp::token);
                if (fence.isPresent() && write.token().isStaleAfter(fence.get())) {
                    return new FencedWrite.Stale(fence.get());
                }
                // the first refusal only tells what to expect
                if (tries > 1) {
                    pause(tries);
                }
                if (attempt()) {
                    return new FencedWrite.Accepted();
                }
            }
        }

        /** Whether it was applied; if not, it is to be tried again with what is expected by then. */
        private boolean attempt() {
            Optional<S> now;
            try {
                Answer<S> answer = store.replace(expected, write, round());
                if (answer instanceof Answer.Applied<S> applied) {
                    remember(write.key(), Optional.of(applied.stamp()));
                    return true;
                }
                now = ((Answer.Refused<S>) answer).now();
            } catch (OutcomeUnknownException e) {
                unanswered = e;
                now = look();
            } catch (LockUnavailableException e) {
                throw failed(String.valueOf(e.getMessage()), e);
            }
            remember(write.key(), now);
            if (now.map(FencedStore.Stamp::writeId).equals(Optional.of(write.id()))) {
                return true;
            }
            if (unanswered != null && !same(now, expected)) {
                throw failed("another write came after it", unanswered);
            }
            expected = now;
            return false;
        }

        /** What became of a write that was not answered. */
        private Optional<S> look() {
            for (int tries = 1; ; tries++) {
                Duration limit = round();
                try {
                    return store.look(write.key(), limit);
                } catch (LockUnavailableException e) {
                    pause(tries);
                }
            }
        }

        /** Half of all time at most, so that what became of an unanswered request can be found out in the other half. */
        private Duration round() {
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative() || left.isZero()) {
                throw failed(unanswered == null ? "others wrote it all the while" : "no answer", unanswered);
            }
            Duration half = timeout.dividedBy(2);
            return left.compareTo(half) < 0 ? left : half;
        }

        private void pause(int tries) {
            if (Thread.currentThread().isInterrupted()) {
                throw failed("interrupted", unanswered);
            }
            long most = Math.min(LONGEST_PAUSE_MILLIS, 1L << Math.min(tries, 6));
            try {
                Thread.sleep(ThreadLocalRandom.current().nextLong(1, most + 1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed("interrupted", unanswered);
            }
        }

        private LockException failed(String why, @Nullable RuntimeException cause) {
            String what = name + ": '" + Keys.shown(write.key()) + "' with token " + write.token();
            RuntimeException doubt = unanswered;
            if (doubt == null) {
                return new LockUnavailableException(
                        what + " was not written within " + timeout + ": " + why,
                        cause,
                        write.key(),
                        null,
                        write.token());
            }
            OutcomeUnknownException unknown = new OutcomeUnknownException(
                    what + " may have been written: " + doubt.getMessage() + "; " + why,
                    doubt,
                    write.key(),
                    null,
                    write.token());
            if (cause != null && cause != doubt) {
                unknown.addSuppressed(cause);
            }
            return unknown;
        }
    }
}

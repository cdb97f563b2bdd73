package io.fencepost.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One lease as its holder saw it: the acquire that made it, its renewals, its loss and its release.
 *
 * @param acquire which succeeded
 * @param renewals {@link Op#RENEWED} events, by time
 * @param loss the first {@link Op#LOST} event, or null
 * @param release the first release, or null
 */
public record Grant(
        Operation acquire,
        List<Event> renewals,
        @Nullable Event loss,
        @Nullable Operation release) {
    /** An instant that never came. */
    public static final long NEVER = Long.MAX_VALUE;

    public Grant {
        if (acquire.outcome() != Operation.Outcome.OK) {
            throw new IllegalArgumentException("no grant: " + acquire);
        }
        renewals = List.copyOf(renewals);
    }

    private Event granting() {
        Event completion = acquire.completion();
        if (completion == null) {
            throw new IllegalStateException("no grant: " + acquire);
        }
        return completion;
    }

    /** Name of the lock. */
    public String lock() {
        return acquire.lock();
    }

    /** The worker that holds it. */
    public String process() {
        return acquire.process();
    }

    /** The id of the acquire in its process. */
    public long id() {
        return acquire.id();
    }

    /** Its fencing token. */
    public long token() {
        return granting().token();
    }

    /** The ttl that was asked for, in milliseconds. */
    public long ttlMillis() {
        return acquire.invoke().number(Field.TTL_MS);
    }

    /** When the attempt that succeeded was invoked; not before the acquire was. */
    public long attempt() {
        return Math.max(acquire.invoked(), granting().number(Field.ATTEMPT));
    }

    /** When the holder learned that it holds. */
    public long granted() {
        return granting().nanos();
    }

    /** A lower bound of when the last renewal that succeeded was sent, or that of the acquire. */
    public long lastAttempt() {
        long last = attempt();
        for (Event renewal : renewals) {
            last = Math.max(last, renewal.number(Field.ATTEMPT));
        }
        return last;
    }

    /** The end of validity as it was last known. */
    public long validUntil() {
        long last = granting().number(Field.VALID_UNTIL);
        for (Event renewal : renewals) {
            last = Math.max(last, renewal.number(Field.VALID_UNTIL));
        }
        return release == null ? last : Math.max(last, release.invoke().number(Field.VALID_UNTIL, last));
    }

    /** When its release was invoked, or {@link #NEVER}. */
    public long releaseInvoked() {
        return release == null ? NEVER : release.invoked();
    }

    /** When its holder was told of the loss, or {@link #NEVER}. */
    public long lost() {
        return loss == null ? NEVER : loss.nanos();
    }

    /** When its holder stopped relying on it: the release, the end of validity or the announcement of its loss, whichever came first. */
    public long heldUntil() {
        return Math.min(Math.min(releaseInvoked(), lost()), validUntil());
    }

    /** The number of the line of the event that granted it. */
    public int line() {
        return granting().line();
    }

    @Override
    public String toString() {
        return "token %d to %s (acquire %d)".formatted(token(), process(), id());
    }
}

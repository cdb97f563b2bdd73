package io.fencepost.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A history made by hand. Instants are milliseconds; leases are of lock {@code a} with a ttl of 100 ms unless said otherwise, and valid until ttl after the attempt or the
 * renewal was sent.
 */
public final class Story {
    private static final long MILLI = 1_000_000;

    private final List<Event> events = new ArrayList<>();
    private final Map<String, Long> ids = new HashMap<>();
    private final Map<String, long[]> copies = new HashMap<>();

    /** The history as told by now. */
    public History history() {
        return History.of(events);
    }

    /** The events in the order in which they were told. */
    public List<Event> events() {
        return List.copyOf(events);
    }

    private long nextId(String process) {
        return ids.merge(process, 1L, Long::sum);
    }

    private Event.Builder event(EventType type, String op, String process, long at) {
        return Event.builder(type, op).process(process).at(at * MILLI);
    }

    /** Adds any event. */
    public Story tell(Event event) {
        events.add(event);
        return this;
    }

    /** An acquire of lock {@code a} that was asked for and attempted at {@code asked}, and granted at {@code granted}. */
    public Held grant(String process, long token, long asked, long granted) {
        return grant(process, "a", token, asked, asked, granted, 100);
    }

    /** An acquire in full. */
    public Held grant(String process, String lock, long token, long asked, long attempt, long granted, long ttl) {
        long id = nextId(process);
        events.add(event(EventType.INVOKE, Op.ACQUIRE, process, asked)
                .id(id)
                .with(Field.LOCK, lock)
                .with(Field.TTL_MS, ttl)
                .build());
        events.add(event(EventType.OK, Op.ACQUIRE, process, granted)
                .id(id)
                .with(Field.LOCK, lock)
                .with(Field.TOKEN, token)
                .with(Field.ATTEMPT, attempt * MILLI)
                .with(Field.VALID_UNTIL, (attempt + ttl) * MILLI)
                .build());
        return new Held(process, lock, token, id, ttl);
    }

    /** An acquire that was reported only after its lease was over: nothing is known of its validity but that it began after the attempt. */
    public Held grantThatWasOver(String process, long token, long attempt, long reported, long until) {
        long id = nextId(process);
        invokeAcquire(process, "a", id, attempt);
        events.add(event(EventType.OK, Op.ACQUIRE, process, reported)
                .id(id)
                .with(Field.LOCK, "a")
                .with(Field.TOKEN, token)
                .with(Field.ATTEMPT, attempt * MILLI)
                .with(Field.VALID_UNTIL, until * MILLI)
                .build());
        return new Held(process, "a", token, id, 100);
    }

    /** An acquire that failed. */
    public Story refused(String process, String lock, String error, long asked, long until) {
        long id = nextId(process);
        invokeAcquire(process, lock, id, asked);
        events.add(event(EventType.FAIL, Op.ACQUIRE, process, until)
                .id(id)
                .with(Field.ERROR, error)
                .build());
        return this;
    }

    /** An acquire of which nobody knows what became of it. */
    public Story unknown(String process, String lock, long asked, long until) {
        long id = nextId(process);
        invokeAcquire(process, lock, id, asked);
        events.add(event(EventType.INFO, Op.ACQUIRE, process, until)
                .id(id)
                .with(Field.ERROR, Errors.INDETERMINATE)
                .build());
        return this;
    }

    /** An acquire that was under way when the history ended or its process died. */
    public Story pending(String process, String lock, long asked) {
        invokeAcquire(process, lock, nextId(process), asked);
        return this;
    }

    private void invokeAcquire(String process, String lock, long id, long asked) {
        events.add(event(EventType.INVOKE, Op.ACQUIRE, process, asked)
                .id(id)
                .with(Field.LOCK, lock)
                .with(Field.TTL_MS, 100)
                .build());
    }

    /** The runner enters a phase. */
    public Story phase(String name, long at) {
        events.add(event(EventType.INFO, Op.PHASE, Op.RUNNER, at)
                .with(Field.NAME, name)
                .build());
        return this;
    }

    /** The runner starts a worker. */
    public Story started(String worker, long at) {
        events.add(event(EventType.INFO, Op.WORKER_STARTED, Op.RUNNER, at)
                .with(Field.TARGET, worker)
                .build());
        return this;
    }

    /** The runner kills a worker. */
    public Story killed(String worker, long at) {
        events.add(event(EventType.INFO, Op.WORKER_KILLED, Op.RUNNER, at)
                .with(Field.TARGET, worker)
                .build());
        return this;
    }

    /** A fault, its id being {@code id}, begun at {@code at} and proved a millisecond later. */
    public Story fault(long id, String name, String target, long at) {
        return fault(id, name, target, at, "seen");
    }

    /** A fault with that proof. */
    public Story fault(long id, String name, String target, long at, String proof) {
        events.add(event(EventType.INVOKE, name, Op.NEMESIS, at)
                .id(id)
                .with(Field.TARGET, target)
                .build());
        events.add(event(EventType.OK, name, Op.NEMESIS, at + 1)
                .id(id)
                .with(Field.PROOF, proof)
                .build());
        return this;
    }

    /** The end of fault {@code of}, proved a millisecond later. */
    public Story heal(long id, long of, long at) {
        events.add(event(EventType.INVOKE, Op.HEAL, Op.NEMESIS, at)
                .id(id)
                .with(Field.OF, of)
                .build());
        events.add(event(EventType.OK, Op.HEAL, Op.NEMESIS, at + 1)
                .id(id)
                .with(Field.OF, of)
                .with(Field.PROOF, "seen")
                .build());
        return this;
    }

    /** What holds a lease, and what it does with it. */
    public final class Held {
        private final String process;
        private final String lock;
        private final long token;
        private final long id;
        private final long ttl;

        private Held(String process, String lock, long token, long id, long ttl) {
            this.process = process;
            this.lock = lock;
            this.token = token;
            this.id = id;
            this.ttl = ttl;
        }

        /** The id of its acquire. */
        public long id() {
            return id;
        }

        /** A renewal that was sent and observed then. */
        public Held renewed(long sent, long seen) {
            events.add(event(EventType.OK, Op.RENEWED, process, seen)
                    .with(Field.GRANT, id)
                    .with(Field.ATTEMPT, sent * MILLI)
                    .with(Field.VALID_UNTIL, (sent + ttl) * MILLI)
                    .build());
            return this;
        }

        /** An announcement of its loss. */
        public Held lost(long at) {
            events.add(event(EventType.INFO, Op.LOST, process, at)
                    .with(Field.GRANT, id)
                    .with(Field.CAUSE, "EXPIRED")
                    .build());
            return this;
        }

        /** A release that freed it. */
        public Held released(long at, long returned) {
            return release(at, returned, EventType.OK, Word.RELEASED);
        }

        /** A release that found nothing to free. */
        public Held notHeld(long at, long returned) {
            return release(at, returned, EventType.OK, Word.NOT_HELD);
        }

        /** A release with an unknown outcome. */
        public Held releasedPerhaps(long at, long returned) {
            return release(at, returned, EventType.INFO, Word.RELEASED);
        }

        private Held release(long at, long returned, EventType type, String outcome) {
            long release = invokeRelease(at);
            Event.Builder completion =
                    event(type, Op.RELEASE, process, returned).id(release).with(Field.GRANT, id);
            events.add(
                    type == EventType.OK
                            ? completion.with(Field.OUTCOME, outcome).build()
                            : completion.with(Field.ERROR, Errors.INDETERMINATE).build());
            return this;
        }

        /** A release that was under way when its process died. */
        public Held releasing(long at) {
            invokeRelease(at);
            return this;
        }

        private long invokeRelease(long at) {
            long release = nextId(process);
            events.add(event(EventType.INVOKE, Op.RELEASE, process, at)
                    .id(release)
                    .with(Field.GRANT, id)
                    .with(Field.LOCK, lock)
                    .build());
            return release;
        }

        /** A write of the next value, from what the store has, that the store accepts at {@code at}, between invocation and return. */
        public Held writes(long at) {
            long base = copies.computeIfAbsent(lock, name -> new long[1])[0];
            return writes(at, base, base + 1, at);
        }

        /** A write by hand: accepted by the store at {@code stored}, made from {@code base}. */
        public Held writes(long at, long base, long value, long stored) {
            stored(stored, base, value, Word.ACCEPTED, 0);
            return acknowledged(at, value);
        }

        /** What the worker alone has to say of a write. */
        public Held acknowledged(long at, long value) {
            long write = nextId(process);
            events.add(event(EventType.INVOKE, Op.WRITE, process, at - 1)
                    .id(write)
                    .with(Field.LOCK, lock)
                    .with(Field.GRANT, id)
                    .with(Field.TOKEN, token)
                    .build());
            events.add(event(EventType.OK, Op.WRITE, process, at + 1)
                    .id(write)
                    .with(Field.VALUE, value)
                    .build());
            return this;
        }

        /** What the store alone has to say of a write. */
        public Held stored(long at, long base, long value, String fenced, long twinLost) {
            return stored(at, token, base, value, fenced, twinLost);
        }

        /** The same with another token than that of the grant. */
        public Held stored(long at, long sent, long base, long value, String fenced, long twinLost) {
            if (fenced.equals(Word.ACCEPTED)) {
                copies.computeIfAbsent(lock, name -> new long[1])[0] = value;
            }
            events.add(event(EventType.OK, Op.WRITE, Op.STORE, at)
                    .with(Field.LOCK, lock)
                    .with(Field.TOKEN, sent)
                    .with(Field.BY, process)
                    .with(Field.GRANT, id)
                    .with(Field.FENCED, fenced)
                    .with(Field.BASE, base)
                    .with(Field.VALUE, value)
                    .with(Field.TWIN_LOST, twinLost)
                    .build());
            return this;
        }

        /** A read that the store answered with {@code value}. */
        public Held reads(long at, long value) {
            events.add(event(EventType.OK, Op.READ, Op.STORE, at)
                    .with(Field.LOCK, lock)
                    .with(Field.TOKEN, token)
                    .with(Field.BY, process)
                    .with(Field.GRANT, id)
                    .with(Field.FENCED, Word.ACCEPTED)
                    .with(Field.VALUE, value)
                    .build());
            long read = nextId(process);
            events.add(event(EventType.INVOKE, Op.READ, process, at - 1)
                    .id(read)
                    .with(Field.LOCK, lock)
                    .with(Field.GRANT, id)
                    .with(Field.TOKEN, token)
                    .build());
            events.add(event(EventType.OK, Op.READ, process, at + 1)
                    .id(read)
                    .with(Field.VALUE, value)
                    .build());
            return this;
        }
    }
}

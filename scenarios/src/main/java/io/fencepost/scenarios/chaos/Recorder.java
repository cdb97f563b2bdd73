package io.fencepost.scenarios.chaos;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.HistoryWriter;
import io.fencepost.history.Op;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Writes the history of one run. Thread-safe. */
final class Recorder {
    private static final long NO_OPERATION = 0;

    private final HistoryWriter writer;
    private final AtomicLong faults = new AtomicLong();

    Recorder(HistoryWriter writer) {
        this.writer = writer;
    }

    /** What a worker reported. */
    void worker(String worker, io.fencepost.scenarios.worker.Event.Happened happened) {
        if (happened.op().equals(Op.EXCEPTION)) {
            exception(worker, String.valueOf(happened.fields().get(Field.ERROR)));
            return;
        }
        Event.Builder event = Event.builder(type(happened.type()), happened.op())
                .at(happened.nanos())
                .process(worker)
                .thread(happened.thread());
        if (happened.id() != NO_OPERATION) {
            event.id(happened.id());
        }
        happened.fields().forEach(event::with);
        write(event.build());
    }

    /** What the protected store did at {@code nanos}. */
    void store(long nanos, String op, Map<String, Object> fields) {
        Event.Builder event = Event.builder(EventType.OK, op).at(nanos).process(Op.STORE);
        fields.forEach(event::with);
        write(event.build());
    }

    /**
     * A fault is about to begin.
     *
     * @return its id
     */
    long faultBegins(String name, String detail) {
        long id = faults.incrementAndGet();
        write(nemesis(EventType.INVOKE, name, id).with(Field.DETAIL, detail).build());
        return id;
    }

    void faultProved(String name, long id, long since, String target, String proof) {
        write(nemesis(EventType.OK, name, id)
                .with(Field.TARGET, target)
                .with(Field.SINCE, since)
                .with(Field.PROOF, proof)
                .build());
    }

    void faultUnproved(String name, long id, long since, String target, String error) {
        write(nemesis(EventType.INFO, name, id)
                .with(Field.TARGET, target)
                .with(Field.SINCE, since)
                .with(Field.ERROR, error)
                .build());
    }

    void faultFailed(String name, long id, String error) {
        write(nemesis(EventType.FAIL, name, id).with(Field.ERROR, error).build());
    }

    /**
     * A fault is about to be undone.
     *
     * @return the id of the healing
     */
    long healBegins(long fault) {
        long id = faults.incrementAndGet();
        write(nemesis(EventType.INVOKE, Op.HEAL, id).with(Field.OF, fault).build());
        return id;
    }

    void healed(long id, long fault, String proof) {
        write(nemesis(EventType.OK, Op.HEAL, id)
                .with(Field.OF, fault)
                .with(Field.PROOF, proof)
                .build());
    }

    void healFailed(long id, long fault, String error) {
        write(nemesis(EventType.FAIL, Op.HEAL, id)
                .with(Field.OF, fault)
                .with(Field.ERROR, error)
                .build());
    }

    void phase(String name) {
        write(runner(Op.PHASE).with(Field.NAME, name).build());
    }

    void workerStarted(String worker) {
        write(runner(Op.WORKER_STARTED).with(Field.TARGET, worker).build());
    }

    void workerKilled(String worker, long nanos) {
        write(Event.builder(EventType.INFO, Op.WORKER_KILLED)
                .at(nanos)
                .process(Op.RUNNER)
                .with(Field.TARGET, worker)
                .build());
    }

    void exception(String in, String error) {
        write(runner(Op.EXCEPTION).with(Field.ERROR, error).with(Field.IN, in).build());
    }

    void serverLog(String server, String line) {
        write(runner(Op.SERVER_LOG)
                .with(Field.TARGET, server)
                .with(Field.LINE, line)
                .build());
    }

    private void write(Event event) {
        try {
            writer.append(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Event.Builder nemesis(EventType type, String op, long id) {
        return Event.builder(type, op).at(System.nanoTime()).process(Op.NEMESIS).id(id);
    }

    private static Event.Builder runner(String op) {
        return Event.builder(EventType.INFO, op).at(System.nanoTime()).process(Op.RUNNER);
    }

    private static EventType type(String name) {
        return switch (name) {
            case "invoke" -> EventType.INVOKE;
            case "ok" -> EventType.OK;
            case "fail" -> EventType.FAIL;
            default -> EventType.INFO;
        };
    }
}

package io.fencepost.scenarios.worker;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Reports operations as they happen: what was reported is in the pipe, whatever becomes of this process. Thread-safe. */
final class OperationLog {
    private static final AtomicLong IDS = new AtomicLong();

    private final EventWriter events;

    OperationLog(EventWriter events) {
        this.events = events;
    }

    /**
     * An operation begins now.
     *
     * @return its id
     */
    long invoke(int thread, String op, Map<String, Object> fields) {
        long id = IDS.incrementAndGet();
        write(System.nanoTime(), thread, "invoke", op, id, fields);
        return id;
    }

    void ok(int thread, String op, long id, Map<String, Object> fields) {
        write(System.nanoTime(), thread, "ok", op, id, fields);
    }

    /** It surely had no effect. */
    void fail(int thread, String op, long id, String error) {
        write(System.nanoTime(), thread, "fail", op, id, Map.of("error", error));
    }

    /** It surely had no effect, for a reason that is worth telling. */
    void fail(int thread, String op, long id, String error, Throwable cause) {
        write(System.nanoTime(), thread, "fail", op, id, Map.of("error", error, "cause", cause.toString()));
    }

    /** Nobody knows whether it had an effect. */
    void unknown(int thread, String op, long id, String cause) {
        write(System.nanoTime(), thread, "info", op, id, Map.of("error", "indeterminate", "cause", cause));
    }

    /** Something that is no operation was seen at {@code nanos}. */
    void seen(long nanos, int thread, String type, String op, Map<String, Object> fields) {
        write(nanos, thread, type, op, 0, fields);
    }

    /** Something that no lock and no store may do. */
    void unclassified(int thread, Throwable error) {
        seen(System.nanoTime(), thread, "info", "exception", Map.of("error", error.toString()));
    }

    void write(long nanos, int thread, String type, String op, long id, Map<String, Object> fields) {
        events.writeNow(new Event.Happened(nanos, thread, type, op, id, fields));
    }
}

package io.fencepost.history.page;

import io.fencepost.history.Errors;
import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line of the page's table: an operation from its invocation to its answer, or something that was observed at an instant.
 *
 * @param kind what was done; what the store says of it is a kind of its own
 * @param outcome what became of it, in a word
 * @param tone how that is to be taken
 * @param first its invocation, or the observation
 * @param last its answer, the observation itself, or null if there is none
 */
record Row(
        String kind,
        String outcome,
        Tone tone,
        Event first,
        @Nullable Event last) {
    /** Follows the name of a field whose value in the answer is another than in the invocation. */
    static final String OTHERWISE = " (answer)";

    private static final Set<String> HARMLESS =
            Set.of(Errors.CONTENDED, Errors.STALE, Errors.CLOSED, Errors.INTERRUPTED, Errors.CANCELLED);

    static Row of(Operation operation) {
        Event completion = operation.completion();
        return switch (operation.outcome()) {
            case OK -> succeeded(operation, Objects.requireNonNull(completion));
            case FAIL -> failed(operation);
            case UNKNOWN ->
                new Row(
                        operation.op(),
                        completion == null
                                ? "no answer"
                                : operation.process().equals(Op.NEMESIS) ? "not proved" : "unknown",
                        Tone.UNKNOWN,
                        operation.invoke(),
                        completion);
        };
    }

    private static Row succeeded(Operation operation, Event completion) {
        String outcome = "ok";
        Tone tone = Tone.GOOD;
        if (operation.process().equals(Op.NEMESIS)) {
            outcome = "proved";
        } else if (operation.op().equals(Op.ACQUIRE)) {
            outcome = "granted";
        } else if (operation.op().equals(Op.RELEASE)) {
            boolean released = completion.text(Field.OUTCOME, "").equals("released");
            outcome = released ? "released" : "not held";
            tone = released ? Tone.GOOD : Tone.PLAIN;
        }
        return new Row(operation.op(), outcome, tone, operation.invoke(), completion);
    }

    private static Row failed(Operation operation) {
        String error = operation.error();
        // others may be whole messages, which stay among the fields
        String outcome = Errors.CLASSIFIED.contains(error) ? error : "failed";
        Tone tone = HARMLESS.contains(error) ? Tone.PLAIN : Tone.BAD;
        return new Row(operation.op(), outcome, tone, operation.invoke(), operation.completion());
    }

    /** An event that is no part of an operation. */
    static Row of(Event event) {
        String op = event.op();
        if (event.process().equals(Op.STORE)) {
            String fenced = event.text(Field.FENCED, event.type().json());
            return new Row("store " + op, fenced, fenced.equals("refused") ? Tone.PLAIN : Tone.GOOD, event, event);
        }
        return switch (op) {
            case Op.RENEWED -> new Row(op, op, Tone.GOOD, event, event);
            case Op.LOST, Op.EXCEPTION, Op.SERVER_LOG -> new Row(op, op, Tone.BAD, event, event);
            default -> new Row(op, event.type() == EventType.FAIL ? "failed" : "noted", Tone.PLAIN, event, event);
        };
    }

    boolean isAcquire() {
        return kind.equals(Op.ACQUIRE) && first.isOfWorker();
    }

    String lock() {
        return first.text(Field.LOCK, last == null ? "" : last.text(Field.LOCK, ""));
    }

    /** All that was recorded beside the common fields and the lock; what the answer says otherwise than the invocation stands beside it. */
    Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        if (first.id() != Event.NONE) {
            fields.put("id", first.id());
        }
        add(fields, first);
        if (last != null) {
            add(fields, last);
        }
        fields.remove(Field.LOCK);
        return fields;
    }

    private static void add(Map<String, Object> fields, Event event) {
        for (String name : event.names()) {
            Object value = event.value(name);
            if (value == null) {
                continue;
            }
            Object before = fields.putIfAbsent(name, value);
            if (before != null && !before.equals(value)) {
                fields.put(name + OTHERWISE, value);
            }
        }
    }
}

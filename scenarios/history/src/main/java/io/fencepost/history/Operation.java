package io.fencepost.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An invocation and what became of it.
 *
 * @param invoke its beginning
 * @param completion its end, or null if it has none, because its process was killed or the history ends
 */
public record Operation(Event invoke, @Nullable Event completion) {
    /** What is known of an operation. */
    public enum Outcome {
        /** It happened. */
        OK,
        /** It did not happen, and never will. */
        FAIL,
        /** It may or may not have happened, or may still happen. */
        UNKNOWN
    }

    public Operation {
        Objects.requireNonNull(invoke, "invoke");
    }

    /** What is known of it. */
    public Outcome outcome() {
        if (completion == null || completion.type() == EventType.INFO) {
            return Outcome.UNKNOWN;
        }
        return completion.type() == EventType.OK ? Outcome.OK : Outcome.FAIL;
    }

    /** What is done. */
    public String op() {
        return invoke.op();
    }

    /** Who does it. */
    public String process() {
        return invoke.process();
    }

    /** Its id in the process. */
    public long id() {
        return invoke.id();
    }

    /** When it was invoked. */
    public long invoked() {
        return invoke.nanos();
    }

    /** When it was completed, or {@link Long#MAX_VALUE} if it never was, or with an unknown outcome, so that it may still happen. */
    public long latest() {
        return completion == null || completion.type() == EventType.INFO ? Long.MAX_VALUE : completion.nanos();
    }

    /** The lock that it is about, or an empty text. */
    public String lock() {
        return invoke.text(Field.LOCK, "");
    }

    /** The error of its completion, or an empty text. */
    public String error() {
        return completion == null ? "" : completion.error();
    }
}

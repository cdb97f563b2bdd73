package io.fencepost.history.check;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Objects;

/**
 * One thing that a checker found.
 *
 * @param kind which expectation of a run may excuse it
 * @param result what it makes of the verdict, if nothing excuses it
 * @param message for people
 * @param lines numbers of the lines of the events that show it
 */
public record Finding(Kind kind, Result result, String message, List<Integer> lines) {
    /** What a finding is about. */
    public enum Kind {
        /** Somebody had a lock that was still another's: excused where two holders are allowed or expected. */
        DOUBLE_HOLDER("double_holder"),
        /** The same while none of the faults was in force that may bring it about ({@code facts.exposing_faults}): never excused. */
        UNEXPOSED_DOUBLE_HOLDER("unexposed_double_holder"),
        /** Tokens that are not unique or not in order, or what follows from it: excused after an amnesia on purpose. */
        TOKEN_REGRESSION("token_regression"),
        /** Anything else: never excused. */
        OTHER("other");

        private final String json;

        Kind(String json) {
            this.json = json;
        }

        /** As in JSON. */
        @JsonValue
        public String json() {
            return json;
        }
    }

    public Finding {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(result, "result");
        Objects.requireNonNull(message, "message");
        lines = List.copyOf(lines);
    }
}

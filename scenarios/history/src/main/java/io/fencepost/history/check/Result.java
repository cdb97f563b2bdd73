package io.fencepost.history.check;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a checker says, from the best to the worst. In JSON in small letters. */
public enum Result {
    /** The invariant held. */
    VALID("valid"),
    /** It cannot be told. */
    UNKNOWN("unknown"),
    /** The invariant was violated. */
    INVALID("invalid");

    private final String json;

    Result(String json) {
        this.json = json;
    }

    /** As in JSON. */
    @JsonValue
    public String json() {
        return json;
    }

    /** The worse of both. */
    public Result worse(Result other) {
        return compareTo(other) >= 0 ? this : other;
    }
}

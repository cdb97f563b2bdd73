package io.fencepost.scenarios.chaos.plan;

/** A scenario, or a value that should replace one of its own, cannot be understood; the message names it and what is allowed. */
public final class ScenarioFormatException extends Exception {
    private static final long serialVersionUID = 1;

    ScenarioFormatException(String message) {
        super(message);
    }

    ScenarioFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}

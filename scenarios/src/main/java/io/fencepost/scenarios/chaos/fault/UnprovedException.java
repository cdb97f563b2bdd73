package io.fencepost.scenarios.chaos.fault;

/** Nothing shows that a fault took effect; the message says what was looked for. */
public final class UnprovedException extends Exception {
    private static final long serialVersionUID = 1;

    UnprovedException(String message) {
        super(message);
    }
}

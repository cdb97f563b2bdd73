package io.fencepost.scenarios.bench;

/** A figure is missing; the message says which, and why. */
final class NotMeasuredException extends Exception {
    private static final long serialVersionUID = 1;

    NotMeasuredException(String message) {
        super(message);
    }
}

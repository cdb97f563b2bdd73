package io.fencepost.scenarios.demo;

/** What a step is there to show did not show. */
final class NotSeenException extends Exception {
    private static final long serialVersionUID = 1L;

    NotSeenException(String message) {
        super(message);
    }
}

package io.fencepost.scheduler.worker;

/** The work failed, and the message says all that there is to say. */
final class WorkFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    WorkFailedException(String message) {
        super(message);
    }
}

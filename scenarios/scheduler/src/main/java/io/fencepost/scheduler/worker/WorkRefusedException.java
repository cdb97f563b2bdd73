package io.fencepost.scheduler.worker;

/** The operator of this worker does not allow the work, however often it is tried; the message says what and by which option. */
final class WorkRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    WorkRefusedException(String message) {
        super(message);
    }
}

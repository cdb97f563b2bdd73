package io.fencepost.scheduler.worker;

/** The store did not answer for as long as it made sense to ask. */
final class Unrecorded extends Exception {
    private static final long serialVersionUID = 1L;

    Unrecorded(Throwable cause) {
        super(cause.getMessage(), cause);
    }
}

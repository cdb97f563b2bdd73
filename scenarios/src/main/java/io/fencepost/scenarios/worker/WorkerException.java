package io.fencepost.scenarios.worker;

/** A worker died, said nothing in time, or failed at its task. The message says which and why. */
public final class WorkerException extends Exception {
    private static final long serialVersionUID = 1L;

    public WorkerException(String message) {
        super(message);
    }

    public WorkerException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.fencepost.scheduler.store;

/** The store did not answer, or refused; whether a change took effect is not known. Calling again with the same arguments is safe. */
public class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.fencepost.tck;

/**
 * A fault that the kit puts between core and backend. Without a stack trace: it is there on purpose, and logged often.
 */
final class KitFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KitFault(String message) {
        super(message, null, false, false);
    }
}

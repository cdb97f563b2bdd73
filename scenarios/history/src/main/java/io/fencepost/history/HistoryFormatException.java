package io.fencepost.history;

import java.io.IOException;

/** A line of a history is not an event. */
public final class HistoryFormatException extends IOException {
    private static final long serialVersionUID = 1;

    private final int line;

    HistoryFormatException(int line, String message, Throwable cause) {
        super("line " + line + ": " + message, cause);
        this.line = line;
    }

    /** The number of the line, counted from 1. */
    public int line() {
        return line;
    }
}

package io.fencepost.report;

import java.io.IOException;

/** A results file that cannot be read as what it claims to be. The message names file, line and column. */
public final class ResultsFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    ResultsFormatException(String message) {
        super(message);
    }

    ResultsFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}

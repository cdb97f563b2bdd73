package io.fencepost.scheduler.worker;

import org.jspecify.annotations.Nullable;

/** What is kept of texts whose length others decide. */
final class Details {
    /** The longest detail, in characters. */
    static final int MAX_LENGTH = 1000;

    private Details() {}

    static String of(Throwable failure) {
        String message = messageOf(failure);
        if (failure instanceof WorkFailedException && message != null) {
            return cut(message);
        }
        String kind = failure.getClass().getName();
        return cut(message == null || message.isBlank() ? kind : kind + ": " + message);
    }

    private static @Nullable String messageOf(Throwable failure) {
        try {
            return failure.getMessage();
        } catch (RuntimeException | Error e) {
            // of a handler's own class, which may do anything
            return null;
        }
    }

    /** The beginning. */
    static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
    }
}

package io.fencepost.scheduler.worker;

/** What is kept of texts whose length others decide. */
final class Details {
    /** The longest detail, in characters. */
    static final int MAX_LENGTH = 1000;

    private Details() {}

    static String of(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof WorkFailedException && message != null) {
            return cut(message);
        }
        String kind = failure.getClass().getName();
        return cut(message == null || message.isBlank() ? kind : kind + ": " + message);
    }

    /** The beginning. */
    static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH - 1) + "…";
    }
}

package io.fencepost.history.check;

import io.fencepost.history.Grant;
import io.fencepost.history.History;
import java.util.Locale;

/** Instants and grants in words. */
final class Text {
    private Text() {}

    /** An instant as seconds from the start of the history. */
    static String at(History history, long nanos) {
        return nanos == Grant.NEVER ? "never" : String.format(Locale.ROOT, "%.6f s", history.seconds(nanos));
    }

    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }

    static String grant(Grant grant) {
        return "token %d of %s (acquire %d)".formatted(grant.token(), grant.process(), grant.id());
    }

    static double toMillis(long nanos) {
        return nanos / 1_000_000.0;
    }
}

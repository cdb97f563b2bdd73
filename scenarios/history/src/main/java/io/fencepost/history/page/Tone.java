package io.fencepost.history.page;

import java.util.Locale;

/** How an outcome is to be taken. */
enum Tone {
    /** It went as it was wanted. */
    GOOD,
    /** It went otherwise, as it may in a run in which nothing is wrong. */
    PLAIN,
    /** It failed. */
    BAD,
    /** Nobody knows. */
    UNKNOWN;

    /** As in JSON and in class names. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

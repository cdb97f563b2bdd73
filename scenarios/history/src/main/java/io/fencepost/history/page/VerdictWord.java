package io.fencepost.history.page;

import io.fencepost.history.check.Result;

/** A verdict as the pages show it: a word, a sign and a colour, so that nobody depends on one of them. From the best to the worst. */
enum VerdictWord {
    /** Found, and what the run was made to show. */
    EXCUSED("○", "excused"),
    VALID("✓", "valid"),
    UNKNOWN("?", "unknown"),
    INVALID("✗", "invalid"),
    /** The run was not judged yet. */
    MISSING("–", "not judged");

    private final String sign;
    private final String word;

    VerdictWord(String sign, String word) {
        this.sign = sign;
        this.word = word;
    }

    static VerdictWord of(Result result) {
        return switch (result) {
            case VALID -> VALID;
            case UNKNOWN -> UNKNOWN;
            case INVALID -> INVALID;
        };
    }

    String word() {
        return word;
    }

    String sign() {
        return sign;
    }

    /** The badge of a verdict. */
    void write(Html html) {
        html.open("span", "class", "verdict " + word.replace(' ', '-'));
        html.leaf("span", sign, "class", "sign", "aria-hidden", "true")
                .text(word)
                .close();
    }
}

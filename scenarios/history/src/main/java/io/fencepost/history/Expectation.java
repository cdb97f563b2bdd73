package io.fencepost.history;

/** What a scenario is expected to show of something that a perfect lock never shows. In JSON in small letters. */
public enum Expectation {
    /** It must not be seen. */
    FORBIDDEN("forbidden"),
    /** It may be seen. */
    ALLOWED("allowed"),
    /** It must be seen: the fault was chosen to bring it about. */
    EXPECTED("expected");

    private final String json;

    Expectation(String json) {
        this.json = json;
    }

    /** As in JSON. */
    public String json() {
        return json;
    }

    /** @throws IllegalArgumentException if it is none of the three */
    static Expectation of(String json) {
        for (Expectation expectation : values()) {
            if (expectation.json.equals(json)) {
                return expectation;
            }
        }
        throw new IllegalArgumentException("an expectation is forbidden, allowed or expected, not '" + json + "'");
    }
}

package io.fencepost.scenarios.bench;

/** What became of a goal. */
public enum Met {
    /** Reached, and the whole interval is on the good side of the limit. */
    YES("yes"),
    /** Not reached, and the whole interval is on the bad side of the limit. */
    NO("no"),
    /** The limit is within the interval: as many forks as these cannot tell. */
    INSIDE_THE_NOISE("inside the noise"),
    /** Data is missing. */
    NOT_MEASURED("NOT MEASURED");

    private final String words;

    Met(String words) {
        this.words = words;
    }

    /** As it stands in results. */
    public String words() {
        return words;
    }
}

package io.fencepost.history;

/** What an event says of its operation. In JSON in small letters. */
public enum EventType {
    /** It was begun. */
    INVOKE("invoke"),
    /** It happened. */
    OK("ok"),
    /** It did not happen, and never will. */
    FAIL("fail"),
    /** As a completion: it may or may not have happened, or may still happen. Otherwise an observation. */
    INFO("info");

    private final String json;

    EventType(String json) {
        this.json = json;
    }

    /** As in JSON. */
    public String json() {
        return json;
    }

    /** @throws IllegalArgumentException if it is none of the four */
    static EventType of(String json) {
        for (EventType type : values()) {
            if (type.json.equals(json)) {
                return type;
            }
        }
        throw new IllegalArgumentException("type is invoke, ok, fail or info, not '" + json + "'");
    }
}

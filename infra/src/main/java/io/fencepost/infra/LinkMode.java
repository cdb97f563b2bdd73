package io.fencepost.infra;

import java.time.Duration;

/**
 * How a link treats what arrives.
 *
 * @param requests the way to the server
 * @param answers the way to the client
 * @param connecting what becomes of new connections
 * @param losesNextAnswer whether the next answer is thrown away, and with it the connections and this mode
 */
record LinkMode(Passage requests, Passage answers, Connecting connecting, boolean losesNextAnswer) {

    static final LinkMode PASSING = new LinkMode(Passage.OPEN, Passage.OPEN, Connecting.SERVED, false);
    static final LinkMode CUT = new LinkMode(Passage.OPEN, Passage.OPEN, Connecting.REFUSED, false);
    static final LinkMode FROZEN = new LinkMode(Passage.SHUT, Passage.SHUT, Connecting.LEFT_WAITING, false);
    static final LinkMode REQUESTS_HELD = new LinkMode(Passage.SHUT, Passage.OPEN, Connecting.SERVED, false);
    static final LinkMode ANSWERS_HELD = new LinkMode(Passage.OPEN, Passage.SHUT, Connecting.SERVED, false);
    static final LinkMode NEXT_ANSWER_LOST = new LinkMode(Passage.OPEN, Passage.OPEN, Connecting.SERVED, true);

    private static final Duration LONGEST_DELAY = Duration.ofDays(1);

    enum Connecting {
        SERVED,
        LEFT_WAITING,
        REFUSED
    }

    /**
     * How one direction treats bytes.
     *
     * @param shut whether none pass
     * @param delayNanos how long each piece stays otherwise
     */
    record Passage(boolean shut, long delayNanos) {
        static final Passage OPEN = new Passage(false, 0);
        static final Passage SHUT = new Passage(true, 0);
    }

    static LinkMode delayed(Duration requests, Duration answers) {
        return new LinkMode(passage("requests", requests), passage("answers", answers), Connecting.SERVED, false);
    }

    private static Passage passage(String what, Duration delay) {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException(
                    "delay of " + what + " = " + delay + ", must be zero to " + LONGEST_DELAY);
        }
        return new Passage(false, delay.toNanos());
    }
}

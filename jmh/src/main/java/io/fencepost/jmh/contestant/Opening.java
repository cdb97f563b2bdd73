package io.fencepost.jmh.contestant;

import java.time.Duration;
import java.util.List;

/**
 * Where and how to open a contestant.
 *
 * @param addresses of the servers as {@code host:port}; empty for {@link Backend#MEMORY}
 * @param clients how many, at least 1
 * @param poll how long a contestant that can only try pauses between two tries of a wait, on average
 */
public record Opening(List<String> addresses, int clients, Duration poll) {
    public Opening {
        addresses = List.copyOf(addresses);
        if (clients < 1) {
            throw new IllegalArgumentException("clients = " + clients + ", must be at least 1");
        }
        if (poll.isNegative()) {
            throw new IllegalArgumentException("poll = " + poll + ", must not be negative");
        }
    }
}

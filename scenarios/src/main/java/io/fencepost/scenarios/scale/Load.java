package io.fencepost.scenarios.scale;

/**
 * What clients do: each of {@code threads} threads of each of {@code clients} clients acquires one of {@code locks} locks, drawn evenly, releases it at once, and does it again.
 *
 * @param rtt of every trip, in microseconds
 * @param renewals a second of leases that are held for long beside it
 */
public record Load(int clients, int threads, int locks, double rtt, double renewals) {
    static Load of(int clients, int threads, int locks) {
        return new Load(clients, threads, locks, 0, 0);
    }

    Load withRtt(double micros) {
        return new Load(clients, threads, locks, micros, renewals);
    }
}

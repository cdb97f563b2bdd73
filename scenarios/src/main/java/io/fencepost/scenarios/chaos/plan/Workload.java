package io.fencepost.scenarios.chaos.plan;

import java.time.Duration;

/**
 * What the clients of a run do, over and over: acquire one of some locks, read the protected store, work, write to it, release.
 *
 * @param keys how many locks, 1 to 1000; each thread draws one each time
 * @param workers how many processes, 1 to 16, each with one lock client
 * @param threads how many threads each, 1 to 256
 * @param rate how often all threads together begin, a second, at most; 1 to 10000
 * @param ttl of the leases, renewed automatically
 * @param hold how long the work takes: on average, drawn between none and twice that
 * @param longHolds which part of the holds lasts one and a half ttl instead, so that leases are renewed; 0 to 1
 * @param patience how long a call waits for its lock
 * @param cancels which part of the calls is given up by the caller while it waits; 0 to 1
 * @param checkGap how long a holder takes from looking whether it still holds to writing: the time in which nothing but a fencing
 *     token can save it
 */
public record Workload(
        int keys,
        int workers,
        int threads,
        int rate,
        Duration ttl,
        Duration hold,
        double longHolds,
        Duration patience,
        double cancels,
        Duration checkGap) {}

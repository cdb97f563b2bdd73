package io.fencepost.scheduler.store;

import java.time.Instant;

/**
 * What a worker tells of itself.
 *
 * @param worker its name, unique
 * @param started when it began
 * @param reported when it told this
 * @param slots how many jobs it runs at once
 * @param running how many it runs now
 * @param draining whether it takes no more
 */
public record WorkerReport(
        String worker, Instant started, Instant reported, int slots, int running, boolean draining) {}

package io.fencepost.scenarios.scale;

/**
 * What one backend asks of the network and of its servers. Times in microseconds.
 *
 * @param takeTrips round trips, between client and servers and among servers, one after the other, that an acquisition waits for
 * @param giveTrips likewise for a release, a renewal and a handoff
 * @param lookTrips likewise for the read by which a contender looks without trying
 * @param demand of one round of writing on the servers' processors
 * @param lookDemand of one such read
 * @param latency of a round beside that and the network: disks, threads that wake
 * @param workers how many rounds the servers work on at a time
 * @param wakeUps whether waiting clients are told of a release
 */
public record Costs(
        double takeTrips,
        double giveTrips,
        double lookTrips,
        double demand,
        double lookDemand,
        double latency,
        int workers,
        boolean wakeUps) {
    /** As fitted to what was measured without a network worth mentioning: a lone round of {@code round}, and {@code most} rounds a second when many are under way. */
    Costs fitted(double round, double most) {
        double fittedDemand = Math.min(round, 1e6 * workers / most);
        return new Costs(
                takeTrips,
                giveTrips,
                lookTrips,
                fittedDemand,
                fittedDemand * lookDemand / demand,
                round - fittedDemand,
                workers,
                wakeUps);
    }
}

package io.fencepost.lock.redlock;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Judges at each look at a node whether it may have forgotten locks and fences.
 *
 * <p>A lock that was in force at a restart is over {@code maxTtl} later, so a node that may have forgotten it stays out for as long. The time is counted
 * on this client's monotonic clock from when it noticed the loss; only for a node that it has never met before, it is counted by the node's own uptime.
 * Not thread-safe.
 */
final class NodeMemory {
    private final RestartPolicy policy;
    private final Duration maxTtl;
    private @Nullable Incarnation last;
    private boolean lost;
    private long harmlessFrom;

    NodeMemory(RestartPolicy policy, Duration maxTtl) {
        this.policy = policy;
        // whole seconds of uptime may be one too many, and clocks may differ by a percent
        this.maxTtl = maxTtl.plus(maxTtl.dividedBy(100)).plusSeconds(1);
    }

    /**
     * @param now what the node says of itself
     * @param nanoTime of this client
     */
    Standing judge(Incarnation now, long nanoTime) {
        String marker = now.marker();
        boolean member = Marker.admits(marker, now.runId());
        compare(now, member, nanoTime);
        last = now;
        if (member) {
            lost = false;
            return new Standing.Member(marker);
        }
        if (policy == RestartPolicy.TRUST) {
            return new Standing.Believed(marker);
        }
        boolean keepsAll = policy == RestartPolicy.ASK && now.syncsEveryWrite();
        if (lost || Marker.isJoining(marker)) {
            return new Standing.Forgetful(marker, harmlessFrom, "it came back without its data");
        }
        if (marker.equals(Marker.NONE)) {
            return new Standing.Unmarked(
                    keepsAll ? nanoTime : harmlessFrom,
                    harmlessFrom,
                    "it bears no marker, was started a short while ago and may have forgotten what it acknowledged before");
        }
        return keepsAll
                ? new Standing.Believed(marker)
                : new Standing.Forgetful(
                        marker, harmlessFrom, "it was restarted and may have forgotten what it acknowledged last");
    }

    private void compare(Incarnation now, boolean member, long nanoTime) {
        Incarnation before = last;
        if (before == null) {
            long upFor = Math.min(now.uptimeSeconds(), maxTtl.toSeconds() + 1);
            harmlessFrom = nanoTime + maxTtl.minusSeconds(upFor).toNanos();
            return;
        }
        boolean otherRun = !before.runId().equals(now.runId());
        // also one that comes back with the marker of an earlier day
        boolean otherMarker =
                Marker.ofMember(before.marker()) && !before.marker().equals(now.marker()) && !member;
        lost |= otherMarker;
        if (otherRun || otherMarker) {
            harmlessFrom = nanoTime + maxTtl.toNanos();
        }
    }
}

package io.fencepost.lock.redlock;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Judges at each look at a node whether it may have forgotten locks and fences.
 *
 * <p>A lock that was in force at a loss is over {@code maxTtl} later, so a node that may have forgotten it stays out for as long. The time is counted on this client's monotonic clock,
 * from its first sight of the run and the marker that the node has now. Only a node that it has never met before, and whose loss can be no later than its start, is counted by its own
 * uptime: one that bears the marker of an earlier run, and one without a marker where nobody has any. Of a node that lost its marker, the uptime says nothing: servers are emptied while
 * they run. Not thread-safe.
 */
final class NodeMemory {
    private final RestartPolicy policy;
    private final Duration maxTtl;
    private @Nullable Incarnation last;
    private boolean lost;
    /** When no lock can be in force that was forgotten at the start of this run. */
    private long harmlessAfterStart;
    /** When no lock can be in force that was forgotten before this run was first seen to bear this marker. */
    private long harmlessAfterSight;

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
            return new Standing.Forgetful(marker, harmlessAfterSight, "it came back without its data");
        }
        if (marker.equals(Marker.NONE)) {
            return new Standing.Unmarked(
                    keepsAll ? nanoTime : harmlessAfterStart,
                    harmlessAfterSight,
                    "it bears no marker, was started a short while ago and may have forgotten what it acknowledged before");
        }
        return keepsAll
                ? new Standing.Believed(marker)
                : new Standing.Forgetful(
                        marker,
                        harmlessAfterStart,
                        "it was restarted and may have forgotten what it acknowledged last");
    }

    private void compare(Incarnation now, boolean member, long nanoTime) {
        Incarnation before = last;
        long maxTtlFromNow = nanoTime + maxTtl.toNanos();
        if (before == null) {
            long upFor = Math.min(now.uptimeSeconds(), maxTtl.toSeconds() + 1);
            harmlessAfterStart = nanoTime + maxTtl.minusSeconds(upFor).toNanos();
            harmlessAfterSight = maxTtlFromNow;
            return;
        }
        boolean otherRun = !before.runId().equals(now.runId());
        boolean otherMarker = !before.marker().equals(now.marker());
        // also one that comes back with the marker of an earlier day
        lost |= otherMarker && Marker.ofMember(before.marker()) && !member;
        if (otherRun) {
            harmlessAfterStart = maxTtlFromNow;
        }
        if (otherRun || otherMarker) {
            harmlessAfterSight = maxTtlFromNow;
        }
    }
}

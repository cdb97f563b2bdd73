package io.fencepost.lock.redlock;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Judges at each new connection whether a node may be counted, or may have forgotten locks that are still in force.
 *
 * <p>A lock that was in force at a restart is over {@code maxTtl} later, so a node that may have forgotten it stays out for as long. The time is counted
 * on this client's monotonic clock from when it noticed the restart; only for a node that it has never met before, it is counted by the node's own uptime.
 * Not thread-safe.
 */
final class NodeMemory {
    private final RestartPolicy policy;
    private final Duration maxTtl;
    private @Nullable Incarnation last;
    private boolean quarantined;
    private long quarantineEnd;
    private String reason = "";

    /**
     * Why and for how much longer a node stays out.
     *
     * @param remaining positive
     */
    record Quarantine(Duration remaining, String reason) {}

    NodeMemory(RestartPolicy policy, Duration maxTtl) {
        this.policy = policy;
        // whole seconds of uptime may be one too many, and clocks may differ by a percent
        this.maxTtl = maxTtl.plus(maxTtl.dividedBy(100)).plusSeconds(1);
    }

    /**
     * @param now what the node says of itself
     * @param nanoTime of this client
     * @return empty if the node may be counted
     */
    Optional<Quarantine> judge(Incarnation now, long nanoTime) {
        Incarnation before = last;
        last = now;
        if (policy == RestartPolicy.TRUST) {
            return Optional.empty();
        }
        boolean keepsAll = policy == RestartPolicy.ASK && now.syncsEveryWrite();
        if (before != null && before.marker() != null && !Objects.equals(before.marker(), now.marker())) {
            begin(nanoTime, maxTtl, "it came back without its data");
        } else if (before != null && !before.runId().equals(now.runId()) && !keepsAll) {
            begin(nanoTime, maxTtl, "it was restarted and may have forgotten what it acknowledged last");
        } else if (before == null && !keepsAll && now.uptimeSeconds() < maxTtl.toSeconds()) {
            begin(
                    nanoTime,
                    maxTtl.minusSeconds(now.uptimeSeconds()),
                    "it was started " + now.uptimeSeconds()
                            + " s ago and may have forgotten what it acknowledged before");
        }
        if (quarantined && quarantineEnd - nanoTime > 0) {
            return Optional.of(new Quarantine(Duration.ofNanos(quarantineEnd - nanoTime), reason));
        }
        quarantined = false;
        return Optional.empty();
    }

    private void begin(long nanoTime, Duration length, String why) {
        quarantined = true;
        quarantineEnd = nanoTime + length.toNanos();
        reason = why;
    }
}

package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.redlock.NodeMemory.Quarantine;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    private static final Duration MAX_TTL = Duration.ofSeconds(60);
    private static final long OLD = 10_000;

    @Test
    void aNodeThatSyncsEveryWriteIsBelieved() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        assertThat(memory.judge(durable("a", "m"), 0)).isEmpty();
        assertThat(memory.judge(durable("b", "m"), 1)).as("after a restart").isEmpty();
    }

    @Test
    void evenSoItMustHaveItsMarker() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        memory.judge(durable("a", "m"), 0);
        assertThat(memory.judge(durable("b", "other"), 1)).hasValueSatisfying(NodeMemoryTest::lastsMaxTtl);
        assertThat(memory.judge(durable("b", "other"), Duration.ofSeconds(59).toNanos()))
                .isPresent();
        assertThat(memory.judge(durable("b", "other"), Duration.ofSeconds(62).toNanos()))
                .isEmpty();
    }

    @Test
    void aNodeThatMayForgetStaysOutAfterARestart() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        assertThat(memory.judge(forgetful("a", OLD), 0)).isEmpty();
        assertThat(memory.judge(forgetful("a", OLD), 1)).as("same process").isEmpty();
        // its own clock may have jumped: what counts is when we noticed
        assertThat(memory.judge(forgetful("b", OLD), 2)).hasValueSatisfying(NodeMemoryTest::lastsMaxTtl);
    }

    @Test
    void aStrangerThatMayForgetIsJudgedByItsUptime() {
        assertThat(new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("a", 20), 0))
                .map(Quarantine::remaining)
                .hasValueSatisfying(
                        remaining -> assertThat(remaining).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(42)));
        assertThat(new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("a", 62), 0))
                .isEmpty();
    }

    @Test
    void thePolicyOverrulesWhatTheNodeSays() {
        NodeMemory trusting = new NodeMemory(RestartPolicy.TRUST, MAX_TTL);
        trusting.judge(forgetful("a", 0), 0);
        assertThat(trusting.judge(forgetful("b", 0), 1)).isEmpty();
        NodeMemory wary = new NodeMemory(RestartPolicy.QUARANTINE, MAX_TTL);
        assertThat(wary.judge(durable("a", "m"), 0)).isPresent();
    }

    @Test
    void infoIsRead() {
        Incarnation read = Incarnation.parse(
                "# Server\r\nrun_id:abc\r\nuptime_in_seconds:12\r\nrole:slave\r\n",
                Map.of("appendonly", "yes", "appendfsync", "everysec"),
                null);
        assertThat(read).isEqualTo(new Incarnation("abc", 12, false, "yes", "everysec", "?", null));
        assertThat(read.syncsEveryWrite()).isFalse();
    }

    private static void lastsMaxTtl(Quarantine quarantine) {
        assertThat(quarantine.remaining()).isBetween(MAX_TTL, MAX_TTL.plusSeconds(2));
    }

    private static Incarnation durable(String runId, String marker) {
        return new Incarnation(runId, 5, true, "yes", "always", "noeviction", marker);
    }

    private static Incarnation forgetful(String runId, long uptime) {
        return new Incarnation(runId, uptime, true, "no", "everysec", "noeviction", "m");
    }
}

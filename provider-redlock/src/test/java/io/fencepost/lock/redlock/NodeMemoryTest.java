package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class NodeMemoryTest {
    private static final Duration MAX_TTL = Duration.ofSeconds(60);
    private static final long OLD = 10_000;

    @Test
    void aNodeThatSyncsEveryWriteIsBelieved() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        assertThat(memory.judge(durable("a", "m/a"), 0)).isEqualTo(new Standing.Member("m/a"));
        assertThat(memory.judge(durable("b", "m/a"), 1)).as("after a restart").isEqualTo(new Standing.Believed("m/a"));
        assertThat(memory.judge(durable("b", "n/b"), 2)).as("admitted").isEqualTo(new Standing.Member("n/b"));
    }

    @Test
    void evenSoItMustHaveItsMarker() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        memory.judge(durable("a", "m/a"), 0);
        assertThat(memory.judge(durable("b", ""), 1)).satisfies(lastsMaxTtlFrom(1));
        assertThat(memory.judge(durable("b", ""), 7)).as("at a later look").satisfies(lastsMaxTtlFrom(1));
        assertThat(memory.judge(durable("b", "joining/x"), 8)).satisfies(lastsMaxTtlFrom(8));
        assertThat(memory.judge(durable("b", "joining/x"), 9)).satisfies(lastsMaxTtlFrom(8));
        assertThat(memory.judge(durable("b", "n/b"), 10)).isEqualTo(new Standing.Member("n/b"));
    }

    @Test
    void theUptimeDoesNotTellWhenAMarkerWasLost() {
        assertThat(new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("a", "joining/x", OLD), 3))
                .satisfies(lastsMaxTtlFrom(3));
        assertThat(new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("a", "", OLD), 3))
                .isInstanceOfSatisfying(Standing.Unmarked.class, node -> {
                    assertThat(node.newFrom()).as("if nobody has one").isNegative();
                    assertThat(Duration.ofNanos(node.harmlessFrom() - 3)).isBetween(MAX_TTL, MAX_TTL.plusSeconds(2));
                });
    }

    @Test
    void anotherLossWhileItStaysOutBeginsItAnew() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        memory.judge(durable("a", "joining/x"), 1);
        // it may have been admitted, have granted and have been emptied since
        assertThat(memory.judge(durable("a", "joining/y"), 2)).satisfies(lastsMaxTtlFrom(2));
        assertThat(memory.judge(durable("a", ""), 3))
                .isInstanceOfSatisfying(
                        Standing.Unmarked.class,
                        node -> assertThat(Duration.ofNanos(node.harmlessFrom() - 3))
                                .isBetween(MAX_TTL, MAX_TTL.plusSeconds(2)));
    }

    @Test
    void dataOfAnEarlierDayAreNoticed() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        memory.judge(durable("b", "n/b"), 0);
        assertThat(memory.judge(durable("c", "m/a"), 1)).satisfies(lastsMaxTtlFrom(1));
    }

    @Test
    void aRunningServerThatIsEmptiedIsNoticed() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        memory.judge(durable("a", "m/a"), 0);
        assertThat(memory.judge(durable("a", ""), 1)).satisfies(lastsMaxTtlFrom(1));
    }

    @Test
    void aNodeThatMayForgetStaysOutAfterARestart() {
        NodeMemory memory = new NodeMemory(RestartPolicy.ASK, MAX_TTL);
        assertThat(memory.judge(forgetful("a", "m/a", OLD), 0)).isEqualTo(new Standing.Member("m/a"));
        // its own clock may have jumped: what counts is when we noticed
        assertThat(memory.judge(forgetful("b", "m/a", OLD), 2)).satisfies(lastsMaxTtlFrom(2));
    }

    @Test
    void aRestartThatNobodySawIsJudgedByTheUptime() {
        Standing young = new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("b", "m/a", 20), 0);
        assertThat(young).isInstanceOfSatisfying(Standing.Forgetful.class, node -> {
            assertThat(node.marker()).isEqualTo("m/a");
            assertThat(Duration.ofNanos(node.harmlessFrom())).isBetween(Duration.ofSeconds(40), Duration.ofSeconds(42));
        });
        Standing old = new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("b", "m/a", Long.MAX_VALUE), 0);
        assertThat(old)
                .isInstanceOfSatisfying(
                        Standing.Forgetful.class,
                        node -> assertThat(node.harmlessFrom()).isNegative());
    }

    @Test
    void aNodeWithoutAMarkerMayBeNew() {
        Standing durable = new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(durable("a", ""), 3);
        assertThat(durable).isInstanceOfSatisfying(Standing.Unmarked.class, node -> {
            assertThat(node.newFrom()).isEqualTo(3);
            assertThat(Duration.ofNanos(node.harmlessFrom())).isGreaterThan(Duration.ofSeconds(50));
        });
        Standing mayForget = new NodeMemory(RestartPolicy.ASK, MAX_TTL).judge(forgetful("a", "", 20), 0);
        assertThat(mayForget)
                .isInstanceOfSatisfying(
                        Standing.Unmarked.class,
                        node -> assertThat(Duration.ofNanos(node.newFrom()))
                                .isBetween(Duration.ofSeconds(40), Duration.ofSeconds(42)));
    }

    @Test
    void thePolicyOverrulesWhatTheNodeSays() {
        NodeMemory trusting = new NodeMemory(RestartPolicy.TRUST, MAX_TTL);
        assertThat(trusting.judge(forgetful("a", "", 0), 0)).isEqualTo(new Standing.Believed(""));
        assertThat(trusting.judge(forgetful("b", "m/a", 0), 1)).isEqualTo(new Standing.Believed("m/a"));
        NodeMemory wary = new NodeMemory(RestartPolicy.QUARANTINE, MAX_TTL);
        assertThat(wary.judge(durable("b", "m/a"), 0)).isInstanceOf(Standing.Forgetful.class);
    }

    @Test
    void infoIsRead() {
        Incarnation read = Incarnation.parse(
                "# Server\r\nrun_id:abc\r\nuptime_in_seconds:12\r\nrole:slave\r\n",
                Map.of("appendonly", "yes", "appendfsync", "everysec"),
                Marker.NONE);
        assertThat(read).isEqualTo(new Incarnation("abc", 12, false, "yes", "everysec", "?", ""));
        assertThat(read.syncsEveryWrite()).isFalse();
    }

    @Test
    void markersAreToldApart() {
        String admitting = Marker.admitting("run");
        assertThat(Marker.admits(admitting, "run")).isTrue();
        assertThat(Marker.admits(admitting, "other")).isFalse();
        assertThat(Marker.ofMember(admitting)).isTrue();
        assertThat(Marker.isJoining(Marker.joining())).isTrue();
        assertThat(Marker.ofMember(Marker.joining())).isFalse();
        assertThat(Marker.ofMember(Marker.NONE)).isFalse();
    }

    private static Consumer<Standing> lastsMaxTtlFrom(long nanoTime) {
        return standing -> assertThat(standing)
                .isInstanceOfSatisfying(
                        Standing.Forgetful.class,
                        node -> assertThat(Duration.ofNanos(node.harmlessFrom() - nanoTime))
                                .isBetween(MAX_TTL, MAX_TTL.plusSeconds(2)));
    }

    private static Incarnation durable(String runId, String marker) {
        return new Incarnation(runId, 5, true, "yes", "always", "noeviction", marker);
    }

    private static Incarnation forgetful(String runId, String marker, long uptime) {
        return new Incarnation(runId, uptime, true, "no", "everysec", "noeviction", marker);
    }
}

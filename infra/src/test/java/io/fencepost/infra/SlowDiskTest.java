package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slow disk under a shell that syncs a file again and again; no server. */
class SlowDiskTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration DELAY = Duration.ofSeconds(30);

    @TempDir
    private Path clusters;

    private final Sleepers sleepers = new Sleepers();

    @AfterEach
    void stop() {
        WardenClient.stop(clusters.resolve("cluster"));
        sleepers.close();
    }

    @Test
    void whatASlowedProcessSyncsWaitsUntilTheEnd() throws Exception {
        ProcessIdentity server = startSyncing(sleepers.start());
        await().atMost(LIMIT).until(() -> rounds() > 0);

        SlowDisk slow = SlowDisk.begin(cluster(), 0, server, DELAY);

        await().atMost(LIMIT).until(() -> slow.delayedCalls() > 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> SlowDisk.begin(cluster(), 0, server, DELAY))
                .withMessageContaining("slow already");
        long before = rounds();
        slow.close();
        slow.close();
        await().atMost(LIMIT).until(() -> rounds() > before + 1);
        assertThat(server.isAlive()).isTrue();
        assertThat(slow.delayedCalls()).isPositive();
    }

    @Test
    void aSlowDiskEndsWithTheWardenAndTheServerGoesOn() throws Exception {
        assumeTrue(Platform.onSearchPath("setpriv").isPresent(), "no setpriv (package util-linux)");
        ProcessIdentity server = startSyncing(sleepers.start());
        SlowDisk slow = SlowDisk.begin(cluster(), 0, server, DELAY);
        await().atMost(LIMIT).until(() -> slow.delayedCalls() > 0);
        ProcessIdentity tracer = node().slowDisk().orElseThrow();
        long before = rounds();

        WardenClient.process(cluster()).orElseThrow().kill();

        await().atMost(LIMIT).until(() -> !tracer.isAlive());
        await().atMost(LIMIT).until(() -> rounds() > before + 1);
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void nothingIsLeftOfASlowDiskWhoseOwnerWasKilled() throws Exception {
        ProcessIdentity owner = sleepers.start();
        ProcessIdentity server = startSyncing(owner);
        SlowDisk slow = SlowDisk.begin(cluster(), 0, server, DELAY);
        await().atMost(LIMIT).until(() -> slow.delayedCalls() > 0);
        ProcessIdentity tracer = node().slowDisk().orElseThrow();

        owner.kill();

        await().atMost(LIMIT).until(() -> !tracer.isAlive() && !server.isAlive());
    }

    @Test
    void callsAreCountedOnceEachAndFromTheirBeginning() {
        assertThat(SlowDisk.calls("""
                        17 fdatasync(3 <unfinished ...>
                        18 fsync(4)                = 0 (DELAYED)
                        17 <... fdatasync resumed>) = 0 (DELAYED)
                        18 +++ exited with 0 +++
                        19 msync(0x7f0000000000, 4096, MS_SYNC""")).isEqualTo(3);
        assertThat(SlowDisk.calls("")).isZero();
    }

    @Test
    void delaysAreGivenToStraceInMicroseconds() {
        assertThat(SlowDisk.attach(Path.of("strace"), 17, Path.of("trace"), Duration.ofMillis(1_500)))
                .contains("inject=fsync,fdatasync,msync,sync_file_range:delay_enter=1500000")
                .endsWith("-p", "17");
    }

    @Test
    void delaysOutOfRangeAreRefusedWithTheRange() {
        ServerNode unasked = (ServerNode) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ServerNode.class},
                (self, method, arguments) -> "elsewhere-1");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlowDisk.of(unasked, Duration.ZERO))
                .withMessage("delay = PT0S, must be PT0.001S to PT1M");
        assertThatIllegalArgumentException().isThrownBy(() -> SlowDisk.of(unasked, Duration.ofMinutes(2)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlowDisk.of(unasked, DELAY))
                .withMessageContaining("elsewhere-1 is no node of a cluster of local processes");
    }

    private ProcessIdentity startSyncing(ProcessIdentity owner) throws Exception {
        Optional<String> reason = SlowDisk.unavailable();
        assumeTrue(reason.isEmpty(), () -> reason.orElse("?"));
        Files.createDirectories(cluster());
        Files.createDirectories(node().data());
        node().writeLaunch(List.of("sh", "-c", "while :; do sync data; echo round; sleep 0.1; done"), Map.of());
        WardenClient.launch(cluster(), owner);
        WardenClient.start(cluster(), 0);
        return node().process().orElseThrow();
    }

    private long rounds() {
        return Disk.read(node().log()).orElse("").lines().count();
    }

    private Path cluster() {
        return clusters.resolve("cluster");
    }

    private NodeFiles node() {
        return NodeFiles.of(cluster(), 0);
    }
}

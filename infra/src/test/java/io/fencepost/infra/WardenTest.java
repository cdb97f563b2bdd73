package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The warden over processes that only sleep: what it starts, refuses and ends. */
class WardenTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path clusters;

    private Path cluster;
    private final Sleepers sleepers = new Sleepers();

    @BeforeEach
    void writeTwoNodes() throws Exception {
        cluster = Files.createDirectory(clusters.resolve("cluster"));
        for (int index = 0; index < 2; index++) {
            Files.createDirectories(node(index).data());
            node(index).writeLaunch(Sleepers.COMMAND, Map.of());
        }
    }

    @AfterEach
    void stop() {
        WardenClient.stop(cluster);
        sleepers.close();
    }

    @Test
    void serversDieWithTheirOwnerEvenWhenPaused() {
        ProcessIdentity owner = sleepers.start();
        launch(owner);
        ProcessIdentity running = start(0);
        ProcessIdentity paused = start(1);
        paused.signal("STOP");
        await().atMost(LIMIT).until(() -> paused.state() == NodeState.PAUSED);

        owner.kill();

        await().atMost(LIMIT).until(() -> !running.isAlive() && !paused.isAlive() && !warden().isAlive());
        assertThat(node(0).data()).doesNotExist();
        assertThat(node(0).log()).exists();
    }

    @Test
    void serversDieWithAWardenThatIsToldToEnd() {
        launch(sleepers.start());
        ProcessIdentity server = start(0);

        warden().signal("TERM");

        await().atMost(LIMIT).until(() -> !server.isAlive() && !warden().isAlive());
    }

    @Test
    void stoppingReturnsWhenAllAreGone() {
        launch(ProcessIdentity.ofThisProcess());
        ProcessIdentity server = start(0);

        WardenClient.stop(cluster);

        assertThat(server.isAlive()).isFalse();
        assertThat(warden().isAlive()).isFalse();
    }

    @Test
    void aServerIsNotStartedTwice() {
        launch(sleepers.start());
        start(0);

        assertThatIllegalStateException()
                .isThrownBy(() -> WardenClient.start(cluster, 0))
                .withMessageContaining("already running");
    }

    @Test
    void aServerHasItsOwnEnvironment() {
        node(0).writeLaunch(
                        List.of("sh", "-c", "echo \"offset: $FENCEPOST_OFFSET.\""), Map.of("FENCEPOST_OFFSET", "2 s"));
        launch(sleepers.start());

        WardenClient.start(cluster, 0);

        await().atMost(LIMIT).until(() -> Disk.tail(node(0).log(), 5).contains("offset: 2 s."));
    }

    @Test
    void aCommandThatCannotRunIsReported() {
        node(0).writeLaunch(List.of(cluster.resolve("no-such-server").toString()), Map.of());
        launch(sleepers.start());

        assertThatIllegalStateException()
                .isThrownBy(() -> WardenClient.start(cluster, 0))
                .withMessageContaining("no-such-server");
    }

    @Test
    void aStrangerIsNotObeyed() throws Exception {
        launch(sleepers.start());
        ProcessIdentity server = start(0);
        Properties state =
                Disk.readProperties(cluster.resolve(Warden.STATE_FILE)).orElseThrow();
        int port = Integer.parseInt(Disk.required(state, "port"));

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("guess STOP\n".getBytes(StandardCharsets.UTF_8));
            String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();

            assertThat(answer).startsWith("ERROR");
        }
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void leftoversOfADeadOwnerAreSweptWhenTheWardenWasKilledToo() throws Exception {
        ProcessIdentity owner = sleepers.start();
        launch(owner);
        ProcessIdentity server = start(0);
        Files.writeString(cluster.resolve("owner"), owner.format() + "\n");
        warden().kill();
        await().atMost(LIMIT).until(() -> !warden().isAlive());

        assertThat(Leftovers.sweep(clusters)).isEmpty();
        assertThat(server.isAlive()).isTrue();
        owner.kill();
        await().atMost(LIMIT).until(() -> !owner.isAlive());

        assertThat(Leftovers.sweep(clusters)).containsExactly(cluster);
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void aReusedProcessIdIsNotSwept() throws Exception {
        ProcessIdentity stranger = sleepers.start();
        Files.writeString(cluster.resolve("owner"), "1 of another boot\n");
        node(0).writeProcess(new ProcessIdentity(stranger.pid(), stranger.birth() + "0"));

        assertThat(Leftovers.sweep(clusters)).isEmpty();
        assertThat(stranger.isAlive()).isTrue();
    }

    private void launch(ProcessIdentity owner) {
        WardenClient.launch(cluster, owner);
    }

    private ProcessIdentity start(int index) {
        WardenClient.start(cluster, index);
        return node(index).process().orElseThrow();
    }

    private ProcessIdentity warden() {
        return WardenClient.process(cluster).orElseThrow();
    }

    private NodeFiles node(int index) {
        return NodeFiles.of(cluster, index);
    }
}

package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who owns a cluster, who may use it, and that it ends with its owner however that ends. */
class OwnershipIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final String MAVEN_LAUNCHER = "org.codehaus.plexus.classworlds.launcher.Launcher";

    private final List<Process> users = new ArrayList<>();

    @AfterEach
    void endUsers() {
        users.forEach(Process::destroyForcibly);
    }

    @Test
    void aPrivateClusterEndsWithAJvmThatIsKilled() throws Exception {
        Process user = start(ClusterUser.command(ClusterUser.PRIVATE));
        Path cluster = clusters(user).get(0);
        List<ProcessIdentity> processes = runningProcesses(cluster);
        assertThat(processes).hasSize(3);

        ProcessIdentity.of(user.pid()).orElseThrow().kill();

        await().atMost(LIMIT).until(() -> processes.stream().noneMatch(ProcessIdentity::isAlive));
    }

    @Test
    void aPrivateClusterEndsWithAJvmThatIsInterruptedFromTheKeyboard() throws Exception {
        assumeThat(interruptsAreIgnored())
                .as("started in the background, where children inherit an ignored SIGINT")
                .isFalse();
        Process user = start(ClusterUser.command(ClusterUser.PRIVATE));
        Path cluster = clusters(user).get(0);
        List<ProcessIdentity> processes = runningProcesses(cluster);

        ProcessIdentity.of(user.pid()).orElseThrow().signal("INT");

        await().atMost(LIMIT).until(() -> processes.stream().noneMatch(ProcessIdentity::isAlive));
        assertThat(user.waitFor()).isEqualTo(130);
    }

    @Test
    void aSharedClusterIsReusedByTheJvmsOfABuildAndEndsWithTheBuild() throws Exception {
        Process build = start(ClusterUser.command(ClusterUser.BUILD, MAVEN_LAUNCHER));
        List<Path> used = clusters(build);

        assertThat(used).hasSize(2);
        assertThat(used.get(1)).isEqualTo(used.get(0));
        List<ProcessIdentity> processes = runningProcesses(used.get(0));
        assertThat(processes).hasSize(6);
        assertThat(ClusterFolder.owner(used.get(0)).orElseThrow().pid()).isEqualTo(build.pid());

        ProcessIdentity.of(build.pid()).orElseThrow().kill();

        await().atMost(LIMIT).until(() -> processes.stream().noneMatch(ProcessIdentity::isAlive));
    }

    @Test
    void twoBuildsInOneTreeDoNotMeet() throws Exception {
        Process first = start(ClusterUser.command(ClusterUser.BUILD, MAVEN_LAUNCHER));
        Process second = start(ClusterUser.command(ClusterUser.BUILD, MAVEN_LAUNCHER));
        Path ofFirst = clusters(first).get(0);
        Path ofSecond = clusters(second).get(0);

        assertThat(ofSecond).isNotEqualTo(ofFirst);
        List<ProcessIdentity> processes = runningProcesses(ofSecond);
        first.destroyForcibly();
        await().atMost(LIMIT).until(() -> runningProcesses(ofFirst).isEmpty());

        assertThat(processes).hasSize(6).allMatch(ProcessIdentity::isAlive);
    }

    @Test
    void inOneJvmTheSharedClusterIsOne() {
        Cluster cluster = Clusters.redis();
        cluster.nodes().get(0).kill();

        assertThat(Clusters.redis()).isSameAs(cluster);
        cluster.heal();
        assertThat(cluster.nodes()).allMatch(node -> node.state() == NodeState.RUNNING);

        cluster.close();
        assertThat(Clusters.redis().nodes()).allMatch(node -> node.state() == NodeState.RUNNING);
        Clusters.redis().close();
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        users.add(process);
        return process;
    }

    /** Reads what the other JVM prints up to {@code ready}. */
    private static List<Path> clusters(Process user) throws IOException {
        List<Path> folders = new ArrayList<>();
        BufferedReader reader = user.inputReader();
        String line = reader.readLine();
        while (line != null && !line.equals("ready")) {
            if (line.startsWith("cluster ")) {
                folders.add(Path.of(line.substring("cluster ".length())));
            }
            line = reader.readLine();
        }
        assertThat(line).as("the last word of the other JVM").isEqualTo("ready");
        return folders;
    }

    /** The warden and the servers. */
    private static List<ProcessIdentity> runningProcesses(Path cluster) {
        List<ProcessIdentity> processes = new ArrayList<>();
        WardenClient.process(cluster).ifPresent(processes::add);
        NodeFiles.all(cluster).forEach(node -> node.process().ifPresent(processes::add));
        return processes.stream().filter(ProcessIdentity::isAlive).toList();
    }

    private static boolean interruptsAreIgnored() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readString(status)
                .lines()
                .filter(line -> line.startsWith("SigIgn:"))
                .anyMatch(line -> (Long.parseUnsignedLong(
                                        line.substring("SigIgn:".length()).trim(), 16)
                                & 0b10)
                        != 0);
    }
}

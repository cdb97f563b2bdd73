package io.fencepost.infra;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Starts wardens and talks to them. */
final class WardenClient {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final int REQUEST_LIMIT_MS = 30_000;

    /** Held so that no collector closes the pipe whose end a warden takes for ours. */
    private static final Set<Process> PIPES = ConcurrentHashMap.newKeySet();

    private WardenClient() {}

    /** Starts the warden of a cluster and returns when it listens. */
    static void launch(Path cluster, ProcessIdentity owner) {
        boolean ownerIsUs = owner.equals(ProcessIdentity.ofThisProcess());
        List<String> command = new ArrayList<>(List.of(
                Platform.currentJava().toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ourClasses().toString(),
                Warden.class.getName(),
                cluster.toString(),
                owner.format()));
        if (ownerIsUs) {
            command.add(Warden.WATCH_INPUT);
        }
        Path log = cluster.resolve("warden.log");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(
                            ownerIsUs
                                    ? ProcessBuilder.Redirect.PIPE
                                    : ProcessBuilder.Redirect.from(Platform.NULL_DEVICE))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectErrorStream(true);
            Platform.clean(builder.environment());
            Process process = builder.start();
            if (ownerIsUs) {
                PIPES.removeIf(ended -> !ended.isAlive());
                PIPES.add(process);
            }
            boolean settled = Waiting.until(
                    START_LIMIT, Waiting.STEP, () -> process(cluster).isPresent() || !process.isAlive());
            if (!settled || !process.isAlive()) {
                process.destroyForcibly();
                throw new IllegalStateException("the warden did not start; its log:\n" + Disk.tail(log, 20));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the warden: " + command, e);
        }
    }

    static void start(Path cluster, int index) {
        String answer = request(cluster, "START " + index);
        if (!answer.startsWith("OK")) {
            throw new IllegalStateException("cannot start node " + (index + 1) + " of " + cluster + ": " + answer);
        }
    }

    /** Starts what makes the disk of a node slow. */
    static void slowDown(Path cluster, int index) {
        String answer = request(cluster, "SLOW " + index);
        if (!answer.startsWith("OK")) {
            throw new IllegalStateException(
                    "cannot slow down the disk of node " + (index + 1) + " of " + cluster + ": " + answer);
        }
    }

    /** Ends the cluster and returns when the warden, and with it every server, is gone. */
    static void stop(Path cluster) {
        Optional<ProcessIdentity> warden = process(cluster).filter(ProcessIdentity::isAlive);
        if (warden.isPresent()) {
            try {
                request(cluster, "STOP");
            } catch (IllegalStateException e) {
                // it may have ended between the look and the request; otherwise SIGTERM does the same
                ProcessHandle.of(warden.get().pid()).ifPresent(ProcessHandle::destroy);
            }
            if (!Waiting.until(END_LIMIT, Waiting.STEP, () -> !warden.get().isAlive())) {
                warden.get().kill();
            }
        }
        List<NodeFiles> nodes = NodeFiles.all(cluster);
        Leftovers.kill(nodes, END_LIMIT);
        nodes.forEach(node -> Disk.deleteTree(node.data()));
        Leftovers.removeNetwork(cluster);
    }

    static Optional<ProcessIdentity> process(Path cluster) {
        return Disk.readProperties(cluster.resolve(Warden.STATE_FILE))
                .map(state -> ProcessIdentity.parse(Disk.required(state, "process")));
    }

    private static String request(Path cluster, String words) {
        Properties state = Disk.readProperties(cluster.resolve(Warden.STATE_FILE))
                .orElseThrow(() -> new IllegalStateException("no warden ever ran for " + cluster));
        try (Socket socket = new Socket()) {
            int port = Integer.parseInt(Disk.required(state, "port"));
            socket.setSoTimeout(REQUEST_LIMIT_MS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), REQUEST_LIMIT_MS);
            String line = Disk.required(state, "secret") + " " + words + "\n";
            socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            String answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return answer == null ? "ERROR no answer" : answer;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the warden of " + cluster + " does not answer; its log:\n"
                            + Disk.tail(cluster.resolve("warden.log"), 10),
                    e);
        }
    }

    private static Path ourClasses() {
        try {
            return Path.of(Warden.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot find the classes of this package", e);
        }
    }
}

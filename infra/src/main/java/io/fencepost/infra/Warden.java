package io.fencepost.infra;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The parent process of the servers of one cluster. It outlives the JVM that asked for them and ends with their owner.
 *
 * <p>A build may be killed at any moment, without running any hook. So the servers are children of this small JVM, which looks
 * ten times a second whether the owner is still there (and reads its standard input to the end where the owner holds the other
 * end). When the owner is gone, or on any signal that ends a JVM in order, it kills every server with SIGKILL, which stopped
 * processes heed as well, deletes their data and ends. Servers are started only here, so that none can be started without
 * being watched.
 *
 * <p>It uses nothing but the JDK and this package, and listens on a loopback port for {@code START n}, {@code SLOW n} (its disk) and {@code STOP},
 * each after a secret that only readers of the cluster's folder know.
 */
final class Warden {

    static final String STATE_FILE = "warden.properties";
    static final String WATCH_INPUT = "watch-input";

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int REQUEST_LIMIT_MS = 2_000;
    private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

    private final Path cluster;
    private final ProcessIdentity owner;
    private final String secret;
    private final Object processes = new Object();
    private boolean closing;
    private Optional<Namespaces> network = Optional.empty();
    private volatile boolean stopAsked;

    private Warden(Path cluster, ProcessIdentity owner) {
        this.cluster = cluster;
        this.owner = owner;
        byte[] random = new byte[16];
        new java.security.SecureRandom().nextBytes(random);
        this.secret = HexFormat.of().formatHex(random);
    }

    /**
     * Watches over a cluster until its owner is gone.
     *
     * @param arguments the folder of the cluster, the owner's process identity, and {@code watch-input} if the end of
     *     standard input means the end of the owner
     */
    public static void main(String[] arguments) throws IOException {
        Warden warden = new Warden(Path.of(arguments[0]), ProcessIdentity.parse(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(warden::killAll, "kill-all"));
        if (arguments.length > 2 && arguments[2].equals(WATCH_INPUT)) {
            warden.watch(System.in);
        }
        warden.serve();
        System.exit(0);
    }

    private void serve() throws IOException {
        try (ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            door.setSoTimeout((int) LOOK.toMillis());
            rehearseTheEnd();
            createNetwork();
            announce(door.getLocalPort());
            while (!stopAsked && owner.isAlive()) {
                try (Socket visitor = door.accept()) {
                    visitor.setSoTimeout(REQUEST_LIMIT_MS);
                    answer(visitor);
                } catch (SocketTimeoutException e) {
                    // nobody came: time to look at the owner again
                } catch (IOException e) {
                    log("a request failed: " + e);
                }
            }
            log(stopAsked ? "asked to stop" : "the owner " + owner.pid() + " is gone");
        }
    }

    /** Loads every class that the end needs: by then the build may have replaced the archive that we run from. */
    private void rehearseTheEnd() {
        Path folder = cluster.resolve("rehearsal");
        Disk.write(folder.resolve("file"), "");
        Leftovers.kill(NodeFiles.all(cluster), DEATH_LIMIT);
        Disk.deleteTree(folder);
    }

    private void createNetwork() {
        Optional<Namespaces> wanted = Namespaces.of(cluster);
        synchronized (processes) {
            if (!closing && wanted.isPresent()) {
                wanted.get().create();
                network = wanted;
                log("made the network of " + cluster);
            }
        }
    }

    private void announce(int port) {
        Properties state = new Properties();
        state.setProperty("process", ProcessIdentity.ofThisProcess().format());
        state.setProperty("port", Integer.toString(port));
        state.setProperty("secret", secret);
        Disk.writeProperties(cluster.resolve(STATE_FILE), state);
        log("watching over " + cluster + " for " + owner.pid());
    }

    private void watch(InputStream input) {
        Thread reader = new Thread(
                () -> {
                    try {
                        input.transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        log("standard input failed: " + e);
                    }
                    log("standard input has ended");
                    stopAsked = true;
                },
                "watch-input");
        reader.setDaemon(true);
        reader.start();
    }

    private void answer(Socket visitor) throws IOException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(visitor.getInputStream(), StandardCharsets.UTF_8));
        PrintStream writer = new PrintStream(visitor.getOutputStream(), true, StandardCharsets.UTF_8);
        String line = reader.readLine();
        if (line == null) {
            return;
        }
        List<String> words = List.of(line.split(" ", -1));
        if (!MessageDigest.isEqual(
                words.get(0).getBytes(StandardCharsets.UTF_8), secret.getBytes(StandardCharsets.UTF_8))) {
            writer.println("ERROR not for you");
        } else if (words.size() == 3 && words.get(1).equals("START")) {
            writer.println(start(Integer.parseInt(words.get(2))));
        } else if (words.size() == 3 && words.get(1).equals("SLOW")) {
            writer.println(slowDown(Integer.parseInt(words.get(2))));
        } else if (words.size() == 2 && words.get(1).equals("STOP")) {
            stopAsked = true;
            writer.println("OK");
        } else {
            writer.println("ERROR unknown request");
        }
    }

    private String start(int index) {
        NodeFiles node = NodeFiles.of(cluster, index);
        synchronized (processes) {
            if (closing) {
                return "ERROR stopping";
            }
            if (node.process().filter(ProcessIdentity::isAlive).isPresent()) {
                return "ERROR already running";
            }
            try {
                ProcessIdentity server = spawn(
                        node,
                        node.command(),
                        node.environment(),
                        ProcessBuilder.Redirect.appendTo(node.log().toFile()));
                node.writeProcess(server);
                log("started " + node.folder().getFileName() + " as " + server.pid());
                return "OK " + server.pid();
            } catch (IOException e) {
                log("cannot start " + node.folder() + ": " + e);
                return "ERROR " + e.getMessage();
            }
        }
    }

    private String slowDown(int index) {
        NodeFiles node = NodeFiles.of(cluster, index);
        synchronized (processes) {
            if (closing) {
                return "ERROR stopping";
            }
            try {
                // from this thread, which lives as long as this process: the kernel ends the tracer with it
                ProcessIdentity tracer = spawn(
                        node,
                        node.slowDiskCommand(),
                        Map.of(),
                        ProcessBuilder.Redirect.to(node.slowDiskLog().toFile()));
                node.writeSlowDisk(tracer);
                log("slow disk of " + node.folder().getFileName() + " by " + tracer.pid());
                return "OK " + tracer.pid();
            } catch (IOException e) {
                log("cannot slow down " + node.folder() + ": " + e);
                return "ERROR " + e.getMessage();
            }
        }
    }

    private static ProcessIdentity spawn(
            NodeFiles node, List<String> command, Map<String, String> environment, ProcessBuilder.Redirect output)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(node.folder().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Platform.NULL_DEVICE))
                .redirectOutput(output)
                .redirectErrorStream(true);
        Platform.clean(builder.environment());
        builder.environment().putAll(environment);
        Process process = builder.start();
        return ProcessIdentity.of(process.pid()).orElseGet(() -> new ProcessIdentity(process.pid(), "ended at once"));
    }

    private void killAll() {
        synchronized (processes) {
            closing = true;
            try {
                List<NodeFiles> nodes = NodeFiles.all(cluster);
                Leftovers.kill(nodes, DEATH_LIMIT);
                nodes.forEach(node -> Disk.deleteTree(node.data()));
                log("all servers are gone");
            } finally {
                network.ifPresent(found -> found.remove(owner));
            }
        }
    }

    @SuppressWarnings("SystemOut")
    private static void log(String message) {
        System.out.println(Instant.now() + " " + message);
    }
}

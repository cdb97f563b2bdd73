package io.fencepost.example.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.fencepost.tck.ServerControl;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A database server in a process of its own, on a port of the loopback interface, with its files in a temporary folder.
 * It can be killed and stopped, and comes back on the same port with the files that it had.
 */
final class H2Server implements ServerControl, AutoCloseable {
    private static final Pattern READY = Pattern.compile("TCP server running at tcp://[^:]+:(\\d+)");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private Process process;
    private final int port;

    private H2Server(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        this.port = awaitReady();
    }

    static H2Server start() {
        try {
            Path folder = Files.createTempDirectory("fencepost-h2-");
            return new H2Server(folder, launch(folder, 0));
        } catch (IOException e) {
            throw new IllegalStateException("no server could be started", e);
        }
    }

    private static Process launch(Path folder, int port) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-Dh2.bindAddress=127.0.0.1",
                        "-cp",
                        jar().toString(),
                        "org.h2.tools.Server",
                        "-tcp",
                        "-tcpPort",
                        Integer.toString(port),
                        "-ifNotExists",
                        "-baseDir",
                        folder.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.to(log(folder)))
                .start();
    }

    private static Path jar() {
        try {
            return Path.of(DriverManager.getDriver("jdbc:h2:")
                    .getClass()
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (SQLException | URISyntaxException e) {
            throw new IllegalStateException("H2 is not on the class path", e);
        }
    }

    private static File log(Path folder) {
        return folder.resolve("server.log").toFile();
    }

    private int awaitReady() {
        Process started = process;
        Matcher line = Awaitility.await("server")
                .atMost(START_LIMIT)
                .failFast(() -> !started.isAlive())
                .until(() -> READY.matcher(Files.readString(log(folder).toPath())), Matcher::find);
        return Integer.parseInt(line.group(1));
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    /** Another client's connection, for what the provider does not do. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:h2:tcp://" + address() + "/./locks", "sa", "");
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public int tolerated() {
        return 0;
    }

    @Override
    public void kill(int server) {
        end();
    }

    @Override
    public void pause(int server) {
        signal("STOP");
    }

    @Override
    public void heal() {
        if (process.isAlive()) {
            signal("CONT");
            return;
        }
        try {
            Files.delete(log(folder).toPath());
            process = launch(folder, port);
        } catch (IOException e) {
            throw new IllegalStateException("the server does not come back", e);
        }
        awaitReady();
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + code);
            }
        } catch (IOException e) {
            throw new IllegalStateException("no signal could be sent", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        try {
            if (!process.destroyForcibly().waitFor(START_LIMIT.toSeconds(), SECONDS)) {
                throw new IllegalStateException("the server does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException("files of the server are left in " + folder, e);
        }
    }
}

package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A body that comes in drop by drop, so that the connection is never idle, is not waited for. */
@Timeout(60)
class SlowBodiesTest {
    @TempDir
    Path folder;

    private final ScheduledExecutorService tap = Executors.newSingleThreadScheduledExecutor();
    private JobStore store;

    @BeforeEach
    void open() {
        store = JdbcJobStore.open(folder.resolve("jobs.db"));
    }

    @AfterEach
    void close() {
        tap.shutdownNow();
        store.close();
    }

    @Test
    void aBodyOfSomeBytesASecondIsCutOff() throws IOException {
        assertThat(dribble(Duration.ofHours(1), " ")).contains("too slow");
    }

    @Test
    void aBodyThatTakesLongerThanItsTimeIsCutOffHoweverSteadilyItComes() throws IOException {
        assertThat(dribble(Duration.ofMillis(500), " ".repeat(1000))).contains("a body comes within");
    }

    /** What is answered before the client, which never ends, is cut off. */
    private String dribble(Duration bodyTime, String drop) throws IOException {
        try (ApiServer server = ApiServer.start(Api.OPTIONS, store, () -> "", bodyTime);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            String head = String.join(
                    "\r\n",
                    "POST /api/v1/jobs HTTP/1.1",
                    "Host: localhost",
                    "Content-Type: application/json",
                    "Content-Length: 1000000",
                    "",
                    "");
            socket.getOutputStream().write(head.getBytes(ISO_8859_1));
            byte[] bytes = drop.getBytes(ISO_8859_1);
            tap.scheduleAtFixedRate(() -> send(socket, bytes), 0, 50, TimeUnit.MILLISECONDS);

            StringBuilder answer = new StringBuilder();
            try {
                for (int b = socket.getInputStream().read();
                        b >= 0;
                        b = socket.getInputStream().read()) {
                    answer.append((char) b);
                }
            } catch (SocketException e) {
                // a reset because of what was still on its way: cut off as well
            }
            assertThat(answer).startsWith("HTTP/1.1 408 ").contains(Problem.CONTENT_TYPE);
            return answer.toString();
        }
    }

    private static void send(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // an exception that leaves a scheduled task ends it
            throw new UncheckedIOException(e);
        }
    }
}

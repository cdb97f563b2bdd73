package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The stream of events. */
class EventsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private JobStore store;
    private Api api;

    @BeforeEach
    void start() {
        store = JdbcJobStore.open(folder.resolve("jobs.db"));
        api = new Api(Api.OPTIONS.withMaxListeners(3), store);
    }

    @AfterEach
    void stop() {
        api.close();
        store.close();
    }

    @Test
    void tellsWhatHappensOnceAndInOrder() throws IOException {
        submit("before");
        try (Follower follower = new Follower(Optional.empty())) {
            await().atMost(LIMIT).until(() -> follower.events().size() == 1);
            submit("after");
            api.post("/api/v1/jobs/after/cancel", "{\"reason\":\"two\\nlines\"}");

            await().atMost(LIMIT).until(() -> follower.events().size() >= 3);
            // several more rounds of asking the store tell nothing twice
            await().atMost(LIMIT).until(() -> follower.lines(": heartbeat") >= 2);
            assertThat(follower.events()).hasSize(3);
            assertThat(follower.events().get(0)).contains("\"job\":\"before\"", "\"kind\":\"submitted\"");
            assertThat(follower.events().get(1)).contains("\"job\":\"after\"", "\"kind\":\"submitted\"");
            assertThat(follower.events().get(2)).contains("\"kind\":\"cancelled\"", "two\\nlines");
        }
    }

    @Test
    void goesOnBehindTheLastEventThatWasRead() throws IOException {
        String last;
        try (Follower follower = new Follower(Optional.empty())) {
            submit("one");
            await().atMost(LIMIT).until(() -> follower.events().size() == 1);
            last = follower.lastId();
        }
        try (Follower other = new Follower(Optional.empty());
                Follower again = new Follower(Optional.of(last))) {
            submit("two");
            await().atMost(LIMIT).until(() -> again.events().size() == 1);
            await().atMost(LIMIT).until(() -> other.events().size() == 2);
            assertThat(again.events().get(0)).contains("\"job\":\"two\"");
        }
    }

    @Test
    void refusesMoreFollowersThanAllowedAndForgetsThoseThatAreGone() throws IOException {
        try (Follower one = new Follower(Optional.empty());
                Follower two = new Follower(Optional.empty());
                Follower three = new Follower(Optional.empty())) {
            assertThat(one.status).isEqualTo(200);
            assertThat(three.status).isEqualTo(200);
            assertThat(two.status).isEqualTo(200);
            Api.Answer fourth = api.get("/api/v1/events");
            assertThat(fourth.status()).isEqualTo(503);
            assertThat(fourth.header("Retry-After")).isNotEmpty();
        }
        await().atMost(LIMIT).until(() -> {
            try (Follower next = new Follower(Optional.empty())) {
                return next.status == 200;
            }
        });
    }

    @Test
    void endsWhenTheServerStops() throws IOException {
        try (Follower follower = new Follower(Optional.empty())) {
            await().atMost(LIMIT).until(() -> follower.lines("retry: ") == 1);
            api.close();
            await().atMost(LIMIT).until(() -> !follower.thread.isAlive());
            assertThat(follower.failure).isEmpty();
        }
    }

    private void submit(String id) {
        assertThat(api.post(
                                "/api/v1/jobs",
                                "{\"id\":\"" + id + "\",\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}}")
                        .status())
                .isEqualTo(201);
    }

    /** A client that reads on a thread of its own. */
    private final class Follower implements AutoCloseable {
        final int status;
        final Thread thread;
        volatile Optional<IOException> failure = Optional.empty();
        private final HttpURLConnection connection;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Follower(Optional<String> lastId) throws IOException {
            connection = (HttpURLConnection)
                    URI.create(api.server.uri() + "api/v1/events").toURL().openConnection();
            connection.setReadTimeout((int) LIMIT.toMillis());
            lastId.ifPresent(id -> connection.setRequestProperty("Last-Event-ID", id));
            status = connection.getResponseCode();
            thread = new Thread(this::read, "follower");
            thread.setDaemon(true);
            thread.start();
        }

        private void read() {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                failure = Optional.of(e);
            }
        }

        List<String> events() {
            return lines.stream().filter(line -> line.startsWith("data: ")).toList();
        }

        long lines(String start) {
            return lines.stream().filter(line -> line.startsWith(start)).count();
        }

        String lastId() {
            return lines.stream()
                    .filter(line -> line.startsWith("id: "))
                    .reduce((a, b) -> b)
                    .orElseThrow()
                    .substring(4);
        }

        @Override
        public void close() {
            connection.disconnect();
        }
    }
}

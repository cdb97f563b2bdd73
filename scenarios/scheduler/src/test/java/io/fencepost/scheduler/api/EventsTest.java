package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stream of events. */
@Timeout(120)
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

    @Test
    void whoReadsTooSlowlyIsCutOffAndHoldsUpNobody() throws IOException {
        Flood flood = new Flood();
        try (Api busy = new Api(Api.OPTIONS.withMaxListeners(2), flood.store());
                Socket slow = new Socket();
                Follower quick = new Follower(busy, Optional.empty())) {
            slow.setReceiveBufferSize(1 << 12);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), busy.server.port()));
            slow.getOutputStream().write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(UTF_8));
            await().atMost(LIMIT).until(() -> slow.getInputStream().available() > 0);
            assertThat(busy.get("/api/v1/events").status()).isEqualTo(503);

            flood.begin(() -> quick.lines("event: "));

            await().atMost(LIMIT).until(() -> {
                try (Follower next = new Follower(busy, Optional.empty())) {
                    return next.status == 200;
                }
            });
            flood.end();
            await().atMost(LIMIT).until(() -> quick.events().size() == flood.told());
            assertThat(quick.lines("event: gap")).isZero();
            for (int i = 0; i < flood.told(); i++) {
                assertThat(quick.events().get(i)).startsWith("data: {\"job\":\"loud\",\"number\":" + (i + 1) + ",");
            }
            await().atMost(LIMIT).until(() -> isClosedByTheOther(slow));
        }
    }

    @Test
    void whatWaitsForAReaderIsBounded() {
        Flood flood = new Flood();
        try (EventFeed feed = new EventFeed(flood.store(), Api.OPTIONS, Clock.systemUTC())) {
            EventFeed.Listener stuck = feed.listen(Optional.empty());
            AtomicInteger most = new AtomicInteger();
            flood.begin(() -> {
                most.accumulateAndGet(stuck.queuedBytes(), Math::max);
                return flood.told();
            });

            await().atMost(LIMIT).until(() -> feed.listeners() == 0);

            assertThat(most.get()).isBetween(EventFeed.MAX_QUEUED_BYTES / 2, EventFeed.MAX_QUEUED_BYTES);
            assertThat(stuck.queuedBytes()).isZero();
        }
    }

    /** What is written to a socket that the other end has closed comes back as a reset. */
    private static boolean isClosedByTheOther(Socket socket) {
        try {
            socket.getOutputStream().write('\n');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private void submit(String id) {
        assertThat(api.post(
                                "/api/v1/jobs",
                                "{\"id\":\"" + id + "\",\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}}")
                        .status())
                .isEqualTo(201);
    }

    /** A store that tells of events without end, as quickly as somebody reads them. */
    private static final class Flood {
        private static final int EVENTS = 20;

        private final String detail = "x".repeat(1 << 14);
        private final AtomicInteger told = new AtomicInteger();
        private volatile Optional<LongSupplier> read = Optional.empty();

        /** @param events how many the reader has read, for whom the next wait */
        void begin(LongSupplier events) {
            read = Optional.of(events);
        }

        void end() {
            read = Optional.empty();
        }

        int told() {
            return told.get();
        }

        JobStore store() {
            return (JobStore) Proxy.newProxyInstance(
                    JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, arguments) -> {
                        assertThat(method.getName()).isEqualTo("recent");
                        return recent();
                    });
        }

        private synchronized List<JobEvent> recent() {
            if (read.isEmpty() || read.get().getAsLong() < told.get()) {
                return List.of();
            }
            return IntStream.range(0, EVENTS)
                    .mapToObj(i -> new JobEvent(
                            new JobId("loud"),
                            told.incrementAndGet(),
                            Instant.now(),
                            JobEvent.Kind.FAILED,
                            JobState.SCHEDULED,
                            1,
                            1,
                            Optional.empty(),
                            Optional.empty(),
                            detail))
                    .toList();
        }
    }

    /** A client that reads on a thread of its own. */
    private final class Follower implements AutoCloseable {
        final int status;
        final Thread thread;
        volatile Optional<IOException> failure = Optional.empty();
        private final HttpURLConnection connection;
        private final List<String> lines = new CopyOnWriteArrayList<>();

        Follower(Optional<String> lastId) throws IOException {
            this(api, lastId);
        }

        Follower(Api followed, Optional<String> lastId) throws IOException {
            connection = (HttpURLConnection)
                    URI.create(followed.server.uri() + "api/v1/events").toURL().openConnection();
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

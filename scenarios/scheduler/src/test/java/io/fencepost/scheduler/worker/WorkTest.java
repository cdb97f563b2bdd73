package io.fencepost.scheduler.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent.Kind;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Work;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Requests and programs, as a worker does them. */
class WorkTest {
    private static final RetryPolicy ONE_TRY = new RetryPolicy(1, Duration.ZERO, Duration.ZERO);

    /** For tests that count tries: a machine that stalls costs no lease. */
    private static final Duration LONG = Duration.ofSeconds(10);

    @RegisterExtension
    final Bench bench = new Bench();

    private final Seen seen = new Seen();

    private void start(Worker.Builder builder) {
        Worker worker = bench.closed(builder.observer(seen).start());
        assertThat(worker.report().running()).isZero();
    }

    private JobId submit(Work work, String payload) {
        return bench.submit(Bench.with(bench.spec(work, payload), ONE_TRY, Optional.empty()));
    }

    // ---- HTTP

    private interface Answer {
        void to(HttpExchange exchange) throws IOException, InterruptedException;
    }

    private URI server(Answer answer) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        ExecutorService threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                answer.to(exchange);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
        bench.closed(() -> {
            server.stop(0);
            threads.shutdownNow();
        });
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook?a=1");
    }

    @Test
    void aRequestCarriesThePayloadAndTheToken() throws Exception {
        AtomicReference<String> request = new AtomicReference<>("");
        AtomicReference<String> token = new AtomicReference<>("");
        URI uri = server(exchange -> {
            token.set(exchange.getRequestHeaders().getFirst("Fencing-Token"));
            request.set(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Job-Id") + " "
                    + exchange.getRequestHeaders().getFirst("Job-Run") + " "
                    + exchange.getRequestHeaders().getFirst("X-Mine") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(204, -1);
        });
        start(bench.worker("a"));
        JobId id = submit(new Work.HttpCall(uri, "PUT", Map.of("X-Mine", "yes", "Fencing-Token", "1")), "hello");

        Job job = bench.awaitState(id, JobState.SUCCEEDED);

        assertThat(request.get()).isEqualTo("PUT /hook?a=1 " + id + " 1 yes hello");
        assertThat(token.get()).isEqualTo(job.fence().orElseThrow().toString());
    }

    @Test
    void anAnswerThatIsNot2xxFailsAndIsKeptInPart() throws Exception {
        URI uri = server(exchange -> {
            byte[] body = ("no paper " + "x".repeat(100_000)).getBytes(UTF_8);
            exchange.sendResponseHeaders(503, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        });
        start(bench.worker("a"));
        Job job = bench.awaitState(submit(new Work.HttpCall(uri, "POST", Map.of()), ""), JobState.DEAD);

        assertThat(job.error().orElse(""))
                .startsWith("HTTP 503: no paper")
                .hasSizeLessThanOrEqualTo(Details.MAX_LENGTH);
    }

    @Test
    void aRedirectIsAFailure() throws Exception {
        URI uri = server(exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
        });
        start(bench.worker("a"));
        Job job = bench.awaitState(submit(new Work.HttpCall(uri, "GET", Map.of()), ""), JobState.DEAD);
        assertThat(job.error()).contains("HTTP 302");
    }

    @Test
    void aHostThatIsNotAllowedIsNotCalledAndTheJobIsDeadAtOnce() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        URI uri = server(exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
        });
        start(bench.worker("a").ttl(LONG).httpHosts(HttpHosts.only(List.of("*.example.com", "127.0.0.1:1"))));

        JobId id = bench.submit(bench.spec(new Work.HttpCall(uri, "GET", Map.of()), ""));

        assertThat(bench.awaitState(id, JobState.DEAD).error().orElse(""))
                .contains("'127.0.0.1:" + uri.getPort() + "'", "--http-hosts", "*.example.com, 127.0.0.1:1");
        assertThat(bench.kinds(id)).as("no retry").containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.DIED);
        assertThat(calls).hasValue(0);
    }

    @Test
    void aHostThatIsAllowedIsCalled() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        URI uri = server(exchange -> {
            calls.incrementAndGet();
            exchange.sendResponseHeaders(204, -1);
        });
        start(bench.worker("a")
                .ttl(LONG)
                .httpHosts(HttpHosts.only(List.of("*.example.com", "127.0.0.1:" + uri.getPort()))));

        JobId id = submit(new Work.HttpCall(uri, "GET", Map.of()), "");

        assertThat(bench.awaitState(id, JobState.SUCCEEDED).state()).isEqualTo(JobState.SUCCEEDED);
        assertThat(calls).hasValue(1);
    }

    @Test
    void aLinkLocalAddressIsNotCalledUnlessItIsNamed() {
        start(bench.worker("a").ttl(LONG));
        JobId id = bench.submit(
                bench.spec(new Work.HttpCall(URI.create("http://169.254.169.254/latest/"), "GET", Map.of()), ""));

        assertThat(bench.awaitState(id, JobState.DEAD).error().orElse(""))
                .contains("'169.254.169.254'", "link-local", "--http-hosts");
        assertThat(bench.kinds(id)).as("no retry").containsExactly(Kind.SUBMITTED, Kind.BEGAN, Kind.DIED);
    }

    @Test
    void anAnswerThatDoesNotEndInTimeIsAFailure() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        URI uri = server(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('.');
            exchange.getResponseBody().flush();
            over.await();
        });
        start(bench.worker("a").httpTimeout(Duration.ofMillis(300)));
        Job job = bench.awaitState(submit(new Work.HttpCall(uri, "GET", Map.of()), ""), JobState.DEAD);
        over.countDown();
        assertThat(job.error().orElse("")).contains("PT0.3S");
    }

    @Test
    void aServerThatIsNotThereIsAFailure() throws Exception {
        URI uri = server(exchange -> {});
        start(bench.worker("a"));
        URI nobody = URI.create("http://127.0.0.1:1/");
        assertThat(uri.getPort()).isNotEqualTo(1);
        Job job = bench.awaitState(submit(new Work.HttpCall(nobody, "GET", Map.of()), ""), JobState.DEAD);
        assertThat(job.error().orElse("")).contains("ConnectException");
    }

    @Test
    void cancellingTheJobCancelsTheRequest() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        URI uri = server(exchange -> over.await());
        start(bench.worker("a"));
        JobId id = submit(new Work.HttpCall(uri, "GET", Map.of()), "");
        await().atMost(Bench.SOON).until(() -> seen.began.size() == 1);

        assertThat(bench.store().cancel(id, "", Instant.now())).isNotNull();

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.CANCELLED));
        over.countDown();
        assertThat(seen.aborted).containsExactly("cancelled");
    }

    // ---- commands

    private static Work shell(String script) {
        return new Work.Command(List.of("/bin/sh", "-c", script));
    }

    private void needsShell() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "there is no /bin/sh");
    }

    @Test
    void aCommandFindsThePayloadAndTheToken() {
        needsShell();
        start(bench.worker("a").allowCommands(true));
        JobId id = submit(
                shell("cat; echo \" $FENCEPOST_JOB $FENCEPOST_RUN $FENCEPOST_TOKEN\"; env | grep -c FENCEPOST_"),
                "hello");

        Job job = bench.awaitState(id, JobState.SUCCEEDED);

        assertThat(bench.store().history(id).get(2).detail())
                .isEqualTo("hello " + id + " 1 " + job.fence().orElseThrow() + "\n3");
    }

    @Test
    void aCommandThatReadsNothingAndSaysMuchEnds() {
        needsShell();
        start(bench.worker("a").allowCommands(true));
        JobId id = submit(
                shell(
                        "i=0; while [ $i -lt 3000 ]; do echo 'a line of some length that fills the pipe'; i=$((i+1)); done; echo the end"),
                "x".repeat(1 << 20));
        assertThat(bench.awaitState(id, JobState.SUCCEEDED).attempt()).isLessThanOrEqualTo(1);
        assertThat(bench.store().history(id).get(2).detail())
                .endsWith("the end")
                .hasSizeLessThanOrEqualTo(Details.MAX_LENGTH);
    }

    @Test
    void anExitCodeOtherThanZeroFails() {
        needsShell();
        start(bench.worker("a").allowCommands(true));
        Job job = bench.awaitState(submit(shell("echo no paper >&2; exit 3"), ""), JobState.DEAD);
        assertThat(job.error()).contains("exit code 3: no paper");
    }

    @Test
    void aProgramThatIsNotThereFails() {
        start(bench.worker("a").allowCommands(true));
        Job job = bench.awaitState(submit(new Work.Command(List.of("/no/such/program")), ""), JobState.DEAD);
        assertThat(job.error().orElse("")).contains("/no/such/program");
    }

    @Test
    void abortingACommandEndsItAndItsDescendants(@TempDir Path directory) {
        needsShell();
        start(bench.worker("a").allowCommands(true));
        Path pids = directory.resolve("pids");
        // deaf to what asks it to end
        JobId id = submit(shell("trap '' TERM; sleep 300 & echo $$ $! > '" + pids + "'; wait; wait; sleep 300"), "");
        await().atMost(Bench.SOON).until(() -> Files.exists(pids) && Files.size(pids) > 3);

        assertThat(bench.store().cancel(id, "", Instant.now())).isNotNull();

        await().atMost(Bench.SOON).untilAsserted(() -> assertThat(seen.ended).containsExactly(Kind.CANCELLED));
        await().atMost(Bench.SOON)
                .untilAsserted(() -> assertThat(Files.readString(pids).strip().split(" "))
                        .hasSize(2)
                        .allSatisfy(pid -> assertThat(
                                        ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive))
                                .isEmpty()));
    }

    @Test
    void commandsAreNotRunUnlessTheyAreAllowed(@TempDir Path directory) {
        needsShell();
        start(bench.worker("a"));
        Path trace = directory.resolve("trace");
        Job job = bench.awaitState(submit(shell("touch '" + trace + "'"), ""), JobState.DEAD);
        assertThat(job.error().orElse("")).contains("not allowed");
        assertThat(trace).doesNotExist();
    }
}

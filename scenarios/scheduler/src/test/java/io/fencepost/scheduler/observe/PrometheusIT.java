package io.fencepost.scheduler.observe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fencepost.scheduler.observe.ObservabilityFiles.Expression;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the rules in front of a real Prometheus and a scheduler in trouble: every query must return numbers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PrometheusIT {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<AutoCloseable> open = new ArrayList<>();
    private int port;

    @BeforeAll
    void start() throws Exception {
        Optional<Path> prometheus = onPath("prometheus");
        Optional<Path> promtool = onPath("promtool");
        assumeTrue(
                prometheus.isPresent() && promtool.isPresent(),
                "NOT RUN: prometheus and promtool are not on the path (Debian's package 'prometheus' has both)");
        LiveScheduler scheduler = LiveScheduler.start(folder);
        open.add(scheduler);
        port = freePort();
        Process process = new ProcessBuilder(
                        prometheus.orElseThrow().toString(),
                        "--config.file=" + configuration(scheduler),
                        "--storage.tsdb.path=" + folder.resolve("tsdb"),
                        "--web.listen-address=" + LOOPBACK + ":" + port,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.log").toFile())
                .start();
        open.add(() -> stop(process));
        await("Prometheus")
                .atMost(LIMIT)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> {
                    assertThat(process.isAlive())
                            .as(() -> read(folder.resolve("prometheus.log")))
                            .isTrue();
                    return get("/-/ready").startsWith("Prometheus");
                });
    }

    @AfterAll
    void stop() throws Exception {
        Exception first = null;
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    @Test
    void everyQueryOfTheDashboardReturnsNumbers() {
        assertThat(ObservabilityFiles.dashboardExpressions()).hasSizeGreaterThan(40);
        List<String> table = ObservabilityFiles.dashboardExpressions().stream()
                .map(expression -> new Expression(expression.where(), filledIn(expression.promQl())))
                .map(this::awaitNumbers)
                .toList();
        report("dashboard", table);
    }

    @Test
    void everyAlertLooksAtNumbers() {
        List<String> table = ObservabilityFiles.alertExpressions().stream()
                .flatMap(alert ->
                        PromQl.operands(alert.promQl()).stream().map(operand -> new Expression(alert.where(), operand)))
                .map(this::awaitNumbers)
                .toList();
        assertThat(table)
                .hasSizeGreaterThanOrEqualTo(ObservabilityFiles.alerts().size());
        report("alerts", table);
    }

    @Test
    void theTroublesAreCounted() {
        for (String happened : List.of(
                "sum(fencepost_lost_total)",
                "sum(fencepost_scheduler_refused_total{why=\"stale\"})",
                "sum(fencepost_scheduler_aborted_total{cause=~\"lease_lost|lease_suspect|taken_over\"})",
                "sum(fencepost_scheduler_run_seconds_count{kind=\"succeeded\"})",
                "sum(fencepost_scheduler_run_seconds_count{kind=\"died\"})",
                "sum(fencepost_scheduler_begun_total{try=\"again\"})",
                "sum(fencepost_scheduler_leading)",
                "sum(fencepost_scheduler_elected_total)",
                "max(fencepost_scheduler_jobs{state=\"dead\"})",
                "max(fencepost_scheduler_workers) == 2",
                "sum(up) == 3",
                "ALERTS{alertname=\"FencepostLeasesLost\",alertstate=\"firing\"}",
                "ALERTS{alertname=\"FencepostStaleWriteRefused\",alertstate=\"firing\"}")) {
            await(happened)
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(numbers(happened))
                            .isNotEmpty()
                            .allSatisfy(number -> assertThat(number).isPositive()));
        }
    }

    @Test
    void prometheusEvaluatesEveryRule() {
        await().atMost(LIMIT).untilAsserted(() -> {
            List<String> health = new ArrayList<>();
            for (JsonNode group : query("/api/v1/rules").path("groups")) {
                group.path("rules")
                        .forEach(rule -> health.add(rule.path("health").asText()));
            }
            assertThat(health).hasSize(ObservabilityFiles.alerts().size()).containsOnly("ok");
        });
    }

    @Test
    void promtoolAcceptsRulesConfigurationAndTests() throws Exception {
        promtool("check", "rules", "alerts.yml");
        promtool("check", "config", "prometheus.yml");
        promtool("test", "rules", "alerts-test.yml");
    }

    private void promtool(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(onPath("promtool").orElseThrow().toString()));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("promtool.log");
        Process process = new ProcessBuilder(command)
                .directory(ObservabilityFiles.folder().toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(read(output)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The committed configuration, with the addresses of this scheduler and no patience. */
    private Path configuration(LiveScheduler scheduler) throws IOException {
        Files.copy(ObservabilityFiles.folder().resolve("alerts.yml"), folder.resolve("alerts.yml"));
        ObjectNode config = (ObjectNode) ObservabilityFiles.yaml("prometheus.yml");
        ((ObjectNode) config.path("global"))
                .put("scrape_interval", "500ms")
                .put("scrape_timeout", "500ms")
                .put("evaluation_interval", "500ms");
        for (JsonNode job : config.path("scrape_configs")) {
            ArrayNode targets = ((ObjectNode) job.path("static_configs").get(0)).putArray("targets");
            List<Integer> ports = job.path("job_name").asText().equals("fencepost-api")
                    ? List.of(scheduler.apiPort())
                    : scheduler.workerPorts();
            ports.forEach(each -> targets.add(LOOPBACK + ":" + each));
        }
        Path file = folder.resolve("prometheus.yml");
        Files.writeString(file, new YAMLMapper().writeValueAsString(config));
        return file;
    }

    /** What Grafana puts in. */
    private static String filledIn(String expression) {
        return expression.replace("$__rate_interval", "10s").replace("$instance", ".+");
    }

    private String awaitNumbers(Expression expression) {
        List<Double> found = await(expression.where() + ": " + expression.promQl())
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> numbers(expression.promQl()), numbers -> !numbers.isEmpty());
        return "%-34s %2d series, one is %-12.6g %s"
                .formatted(expression.where(), found.size(), found.get(0), expression.promQl());
    }

    /** The finite values that a query has now; a quantile of nothing is not one. */
    private List<Double> numbers(String promQl) throws IOException, InterruptedException {
        List<Double> numbers = new ArrayList<>();
        for (JsonNode series :
                query("/api/v1/query?query=" + URLEncoder.encode(promQl, UTF_8)).path("result")) {
            double value =
                    Double.parseDouble(series.path("value").get(1).asText().replace("Inf", "Infinity"));
            if (Double.isFinite(value)) {
                numbers.add(value);
            }
        }
        return numbers;
    }

    private JsonNode query(String path) throws IOException, InterruptedException {
        JsonNode answer = JSON.readTree(get(path));
        assertThat(answer.path("status").asText()).as(answer::toString).isEqualTo("success");
        return answer.path("data");
    }

    private String get(String path) throws IOException, InterruptedException {
        return client.send(
                        HttpRequest.newBuilder(URI.create("http://" + LOOPBACK + ":" + port + path))
                                .timeout(Duration.ofSeconds(5))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    /** Left beside the other results, for people. */
    private static void report(String name, List<String> lines) {
        try {
            Path file =
                    Files.createDirectories(Path.of("target", "observability")).resolve(name + ".txt");
            Files.write(file, lines);
        } catch (IOException e) {
            throw new AssertionError("cannot write what was found", e);
        }
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "cannot be read: " + e;
        }
    }
}

package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.api.Api.Answer;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each route answers to those who ask rightly. */
class ApiServerTest {
    private static final String NOOP = "\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}";

    @TempDir
    Path folder;

    private JobStore store;
    private Api api;

    @BeforeEach
    void start() {
        store = JdbcJobStore.open(folder.resolve("jobs.db"));
        api = new Api(Api.OPTIONS, store);
    }

    @AfterEach
    void stop() {
        api.close();
        store.close();
    }

    @Test
    void submitsAJobAndFindsItAsItWasSent() {
        String sent =
                "{\"id\":\"a-1\",\"tenant\":\"acme\",\"priority\":7,\"work\":{\"kind\":\"http\",\"uri\":\"https://example.com/x?y=1\","
                        + "\"method\":\"PUT\",\"headers\":{\"X-Trace\":\"1\"}},\"payload\":\"h\u00e9llo \ud83d\ude00\",\"schedule\":{\"kind\":\"cron\","
                        + "\"expression\":\"30 2 * * 1-5\",\"zone\":\"Europe/Berlin\"},\"retries\":{\"attempts\":9,\"firstDelay\":\"PT2S\",\"maxDelay\":\"PT1H\"},"
                        + "\"deadline\":\"PT10M\",\"misfire\":\"skip\"}";

        Answer answer = api.post("/api/v1/jobs", sent);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.header("Location")).isEqualTo("/api/v1/jobs/a-1");
        Answer found = api.get(answer.header("Location"));
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.json()).isEqualTo(answer.json());
        JsonNode json = found.json();
        for (String field :
                List.of("id", "tenant", "priority", "work", "payload", "schedule", "retries", "deadline", "misfire")) {
            assertThat(json.get(field)).as(field).isEqualTo(read(sent).get(field));
        }
        assertThat(json.get("state").asText()).isEqualTo("scheduled");
    }

    @Test
    void aSubmissionThatIsRepeatedFindsTheJobThatIsThere() {
        api.post("/api/v1/jobs", "{\"id\":\"again\",\"payload\":\"first\"," + NOOP + "}");

        Answer second = api.post("/api/v1/jobs", "{\"id\":\"again\",\"payload\":\"second\"," + NOOP + "}");

        assertThat(second.status()).isEqualTo(200);
        assertThat(second.json().get("payload").asText()).isEqualTo("first");
    }

    @Test
    void bytesThatAreNoTextComeBackInBase64() {
        api.post("/api/v1/jobs", "{\"id\":\"bytes\",\"payloadBase64\":\"/wD+gA==\"," + NOOP + "}");

        JsonNode job = api.get("/api/v1/jobs/bytes").json();

        assertThat(job.get("payloadBase64").asText()).isEqualTo("/wD+gA==");
        assertThat(job.has("payload")).isFalse();
    }

    @Test
    void takesAThousandAtOnceAndTellsWhichAreNew() {
        api.post("/api/v1/jobs", "{\"id\":\"m-7\"," + NOOP + "}");
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            many.add("{\"id\":\"m-" + i + "\"," + NOOP + "}");
        }

        Answer answer = api.post("/api/v1/jobs", many.toString());

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json().get("jobs")).hasSize(1000);
        assertThat(answer.json().get("jobs").get(7).get("created").asBoolean()).isFalse();
        assertThat(answer.json().get("jobs").get(8).get("created").asBoolean()).isTrue();
        assertThat(api.post("/api/v1/jobs", many.toString()).status()).isEqualTo(200);
        assertThat(api.get("/api/v1/counts").json().at("/counts/scheduled").asInt())
                .isEqualTo(1000);
    }

    @Test
    void listsPageByPageAndByTenantAndState() {
        for (int i = 0; i < 25; i++) {
            api.post(
                    "/api/v1/jobs",
                    "{\"id\":\"p-" + i + "\",\"tenant\":\"" + (i % 5 == 0 ? "few" : "most") + "\"," + NOOP + "}");
        }
        api.post("/api/v1/jobs/p-5/cancel", "{}");
        List<String> ids = new ArrayList<>();
        String cursor = "";
        int pages = 0;
        do {
            JsonNode page = api.get("/api/v1/jobs?limit=10" + cursor).json();
            ids.addAll(page.findValuesAsText("id"));
            cursor = page.has("next") ? "&cursor=" + page.get("next").asText() : "";
            pages++;
        } while (!cursor.isEmpty() && pages < 10);

        assertThat(pages).isEqualTo(3);
        assertThat(ids).hasSize(25).doesNotHaveDuplicates();
        assertThat(api.get("/api/v1/jobs?tenant=few").json().get("jobs")).hasSize(5);
        assertThat(api.get("/api/v1/jobs?tenant=few&state=cancelled").json().findValuesAsText("id"))
                .containsExactly("p-5");
    }

    @Test
    void cancelsOnceAndRetries() {
        api.post("/api/v1/jobs", "{\"id\":\"c\"," + NOOP + "}");

        assertThat(api.post("/api/v1/jobs/c/retry", "").status()).isEqualTo(409);
        assertThat(api.post("/api/v1/jobs/c/cancel", "{\"reason\":\"not wanted\"}")
                        .json()
                        .get("state")
                        .asText())
                .isEqualTo("cancelled");
        assertThat(api.get("/api/v1/jobs/c/history").json().findValuesAsText("detail"))
                .contains("not wanted");
        assertThat(api.send("POST", "/api/v1/jobs/c/retry", BodyPublishers.noBody())
                        .json()
                        .get("state")
                        .asText())
                .isEqualTo("scheduled");
        assertThat(api.get("/api/v1/jobs/c/history").json().findValuesAsText("kind"))
                .containsExactly("submitted", "cancelled", "retried");
    }

    @Test
    void aJobThatSucceededIsNotCancelled() {
        api.post("/api/v1/jobs", "{\"id\":\"done\"," + NOOP + "}");
        run("done", 17, new Ending.Succeeded(Optional.empty(), ""));

        Answer answer = api.post("/api/v1/jobs/done/cancel", "{}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("detail").asText()).contains("done", "succeeded");
    }

    @Test
    void tellsWhoHeldItWithWhichToken() {
        api.post("/api/v1/jobs", "{\"id\":\"held\"," + NOOP + "}");
        run("held", Long.MAX_VALUE, new Ending.Died(Optional.empty(), "no such place"));

        JsonNode job = api.get("/api/v1/jobs/held").json();
        JsonNode died = api.get("/api/v1/jobs/held/history").json().at("/events/2");

        assertThat(job.get("token").asText()).isEqualTo("9223372036854775807");
        assertThat(job.get("worker").asText()).isEqualTo("worker-1");
        assertThat(died.get("kind").asText()).isEqualTo("died");
        assertThat(died.get("token").asText()).isEqualTo("9223372036854775807");
        assertThat(died.get("detail").asText()).isEqualTo("no such place");
    }

    @Test
    void tellsWorkersTenantsAndCounts() {
        Instant now = Instant.now();
        store.report(new WorkerReport("worker-1", now, now, 8, 3, true), Duration.ofMinutes(1));
        api.post("/api/v1/jobs", "{\"tenant\":\"acme\"," + NOOP + "}");

        assertThat(api.send(
                                "PUT",
                                "/api/v1/tenants/zeta/weight",
                                BodyPublishers.ofString("{\"weight\":30}"),
                                "Content-Type",
                                "application/json; charset=UTF-8")
                        .status())
                .isEqualTo(200);

        JsonNode worker = api.get("/api/v1/workers").json().at("/workers/0");
        assertThat(worker.get("name").asText()).isEqualTo("worker-1");
        assertThat(worker.get("slots").asInt()).isEqualTo(8);
        assertThat(worker.get("draining").asBoolean()).isTrue();
        assertThat(api.get("/api/v1/tenants").json().toString())
                .contains("{\"tenant\":\"acme\",\"weight\":1}", "{\"tenant\":\"zeta\",\"weight\":30}");
        assertThat(api.get("/api/v1/counts").json().get("total").asInt()).isEqualTo(1);
    }

    @Test
    void answersProbesAndMetrics() {
        assertThat(api.get("/health").json().get("status").asText()).isEqualTo("up");
        assertThat(api.get("/ready").json().get("status").asText()).isEqualTo("ready");
        Answer metrics = api.get("/metrics");
        assertThat(metrics.header("Content-Type")).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics.body()).endsWith("jobs 1\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/docs",
                "/openapi.yaml",
                "/assets/page.js",
                "/assets/page.css",
                "/assets/favicon.svg",
                "/assets/docs.js",
                "/assets/docs.css",
                "/assets/swagger-ui.css",
                "/assets/swagger-ui-bundle.js"
            })
    void servesThePagesFromHereAlone(String path) {
        Answer answer = api.get(path);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isNotBlank();
        assertThat(answer.header("Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self'")
                .doesNotContain("unsafe");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(api.get(path, "If-None-Match", answer.header("ETag")).status())
                .isEqualTo(304);
        if (answer.header("Content-Type").startsWith("text/html")) {
            assertThat(answer.body()).doesNotContainPattern("(src|href)=\"(https?:)?//|<script>|style=| on[a-z]+=");
        }
    }

    @Test
    void answersHeadWithoutABody() {
        Answer answer = api.send("HEAD", "/health", BodyPublishers.noBody());

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void whatItAcknowledgedIsThereForAnotherServer() {
        api.post("/api/v1/jobs", "{\"id\":\"kept\"," + NOOP + "}");
        try (JobStore other = JdbcJobStore.open(folder.resolve("jobs.db"));
                Api second = new Api(Api.OPTIONS, other)) {
            assertThat(second.get("/api/v1/jobs/kept").status()).isEqualTo(200);
        }
    }

    private void run(String id, long token, Ending ending) {
        FencingToken fence = new FencingToken(token);
        assertThat(store.begin(new JobId(id), fence, "worker-1", Instant.now())).isInstanceOf(Change.Accepted.class);
        assertThat(store.end(new JobId(id), fence, "worker-1", ending, Instant.now()))
                .isInstanceOf(Change.Accepted.class);
    }

    private static JsonNode read(String json) {
        return JobReader.parse(json.getBytes(UTF_8));
    }
}

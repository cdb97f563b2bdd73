package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.scheduler.api.Api.Answer;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and how it is told. */
class RefusalsTest {
    private static final String NOOP = "\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}";
    private static final String TOKEN = "correct-horse-battery";

    private static JobStore store;
    private static Api api;

    @BeforeAll
    static void start(@TempDir Path folder) {
        store = JdbcJobStore.open(folder.resolve("jobs.db"));
        api = new Api(Api.OPTIONS, store);
    }

    @AfterAll
    static void stop() {
        api.close();
        store.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "work              | {}",
                "work              | {'work':5}",
                "work/kind         | {'work':{'kind':'magic'}}",
                "work/kind         | {'work':{}}",
                "work/handler      | {'work':{'kind':'handler'}}",
                "work/handler      | {'work':{'kind':'handler','handler':'a b'}}",
                "work/extra        | {'work':{'kind':'handler','handler':'a','extra':1}}",
                "work/uri          | {'work':{'kind':'http','uri':'file:///etc/passwd'}}",
                "work/uri          | {'work':{'kind':'http','uri':'http://user:word@example.com/'}}",
                "work/uri          | {'work':{'kind':'http','uri':'http://a b/'}}",
                "work/method       | {'work':{'kind':'http','uri':'http://a/','method':'TRACE'}}",
                "work/headers/Host | {'work':{'kind':'http','uri':'http://a/','headers':{'Host':'b'}}}",
                "work/headers/X    | {'work':{'kind':'http','uri':'http://a/','headers':{'X':'a\\r\\nY: b'}}}",
                "work/headers/a~1b | {'work':{'kind':'http','uri':'http://a/','headers':{'a/b':'c'}}}",
                "work/arguments    | {'work':{'kind':'command','arguments':[]}}",
                "work/arguments    | {'work':{'kind':'command','arguments':[' ']}}",
                "work/arguments/1  | {'work':{'kind':'command','arguments':['a',7]}}",
                "id                | {'id':'a b',NOOP}",
                "id                | {'id':'',NOOP}",
                "id                | {'id':17,NOOP}",
                "tenant            | {'tenant':'a/b',NOOP}",
                "priority          | {'priority':10,NOOP}",
                "priority          | {'priority':'5',NOOP}",
                "priority          | {'priority':5.5,NOOP}",
                "priority          | {'priority':99999999999999999999,NOOP}",
                "color             | {'color':'red',NOOP}",
                "payload           | {'payload':{'a':1},NOOP}",
                "payloadBase64     | {'payloadBase64':'###',NOOP}",
                "payloadBase64     | {'payload':'a','payloadBase64':'YQ==',NOOP}",
                "schedule/kind     | {'schedule':{'kind':'soon'},NOOP}",
                "schedule/instant  | {'schedule':{'kind':'at'},NOOP}",
                "schedule/instant  | {'schedule':{'kind':'at','instant':'tomorrow'},NOOP}",
                "schedule/instant  | {'schedule':{'kind':'at','instant':'+999999999-01-01T00:00:00Z'},NOOP}",
                "schedule/delay    | {'schedule':{'kind':'after','delay':'-PT1S'},NOOP}",
                "schedule/delay    | {'schedule':{'kind':'after','delay':'PT9223372036854775807H'},NOOP}",
                "schedule/period   | {'schedule':{'kind':'fixed-rate','period':'PT0.05S'},NOOP}",
                "schedule/expression | {'schedule':{'kind':'cron','expression':'61 * * * *'},NOOP}",
                "schedule/expression | {'schedule':{'kind':'cron','expression':'* * * *'},NOOP}",
                "schedule/expression | {'schedule':{'kind':'cron','expression':'0 0 30 2 *'},NOOP}",
                "schedule/zone     | {'schedule':{'kind':'cron','expression':'* * * * *','zone':'Mars/Olympus'},NOOP}",
                "retries/attempts  | {'retries':{'attempts':0},NOOP}",
                "retries/maxDelay  | {'retries':{'firstDelay':'PT2H','maxDelay':'PT1H'},NOOP}",
                "deadline          | {'deadline':'PT0S',NOOP}",
                "misfire           | {'misfire':'RUN_ONCE',NOOP}",
                "1/priority        | [{NOOP},{'priority':11,NOOP}]",
                "1/id              | [{'id':'twice',NOOP},{'id':'twice',NOOP}]",
                "0                 | [7]",
                "``                 | []",
            })
    void namesTheFieldTheValueAndWhatIsAllowed(String path, String body) {
        String field = path.isEmpty() ? "" : "/" + path;
        Answer answer = api.post("/api/v1/jobs", body.replace('\'', '"').replace("NOOP", NOOP));

        assertThat(answer.status()).as(answer.body()).isEqualTo(422);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.wrongFields()).contains(field);
        assertThat(answer.json().at("/errors/0/allowed").asText()).isNotBlank();
    }

    @Test
    void tellsAllMistakesAtOnceAndAcceptsNoneOfTheBatch() {
        Answer answer = api.post(
                "/api/v1/jobs", "[{\"id\":\"good\"," + NOOP + "},{\"id\":\"b d\",\"priority\":-1," + NOOP + "}]");

        assertThat(answer.wrongFields()).containsExactly("/1/id", "/1/priority");
        assertThat(api.get("/api/v1/jobs/good").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null x",
                "{\"id\":\"a\",\"id\":\"b\"}",
                "{} {}",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
                "{'id':1}",
                "\u0000"
            })
    void whatIsNotJsonIs400(String body) {
        assertThat(api.post("/api/v1/jobs", body).status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=1001",
                "limit=ten",
                "limit=",
                "state=RUNNING",
                "tenant=a%20b",
                "cursor=%2F",
                "colour=red",
                "limit=1&limit=2",
                "limit=%zz"
            })
    void badParametersAre400(String query) throws IOException {
        assertThat(raw("GET /api/v1/jobs?" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("application/problem+json");
    }

    @Test
    void aPayloadOfOneMebibyteIsTakenAndNoByteMore() {
        String most = "a".repeat(JobSpec.MAX_PAYLOAD_BYTES);
        String bytes = Base64.getEncoder().encodeToString(new byte[JobSpec.MAX_PAYLOAD_BYTES + 1]);

        assertThat(api.post("/api/v1/jobs", "{\"payload\":\"" + most + "\"," + NOOP + "}")
                        .status())
                .isEqualTo(201);
        Answer refused = api.post("/api/v1/jobs", "{\"payload\":\"" + most + "a\"," + NOOP + "}");
        assertThat(refused.status()).isEqualTo(413);
        assertThat(refused.wrongFields()).containsExactly("/payload");
        assertThat(refused.body()).contains("1048577 bytes").doesNotContain("aaaa");
        assertThat(api.post("/api/v1/jobs", "{\"payloadBase64\":\"" + bytes + "\"," + NOOP + "}")
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aBodyThatIsTooLongIs413WhetherItsLengthIsToldOrNot() {
        byte[] body = new byte[Api.OPTIONS.maxBodyBytes() + 1];

        assertThat(api.send(
                                "POST",
                                "/api/v1/jobs",
                                BodyPublishers.ofByteArray(body),
                                "Content-Type",
                                "application/json")
                        .status())
                .isEqualTo(413);
        assertThat(api.send(
                                "POST",
                                "/api/v1/jobs",
                                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)),
                                "Content-Type",
                                "application/json")
                        .status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1"})
    void otherTypesAre415(String type) {
        assertThat(api.send("POST", "/api/v1/jobs", BodyPublishers.ofString("{}"), "Content-Type", type)
                        .status())
                .isEqualTo(415);
    }

    @Test
    void compressedBodiesAndBodiesWithoutATypeAre415() {
        assertThat(api.post("/api/v1/jobs", "{}", "Content-Encoding", "gzip").status())
                .isEqualTo(415);
        assertThat(api.send("POST", "/api/v1/jobs", BodyPublishers.ofString("{}"))
                        .status())
                .isEqualTo(415);
    }

    @Test
    void otherPathsAre404AndOtherMethods405() {
        assertThat(api.get("/nowhere").status()).isEqualTo(404);
        assertThat(api.get("/assets/%2e%2e/secret").status()).isIn(400, 404);
        assertThat(api.get("/assets/Assets.class").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/jobs/nobody").status()).isEqualTo(404);
        assertThat(api.get("/api/v1/jobs/nobody/history").status()).isEqualTo(404);
        assertThat(api.post("/api/v1/jobs/nobody/cancel", "{}").status()).isEqualTo(404);
        assertThat(api.post("/api/v1/jobs/nobody/retry", "{}").status()).isEqualTo(404);
        Answer answer = api.send("DELETE", "/api/v1/jobs", BodyPublishers.noBody());
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD, POST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"weight\":0}", "{\"weight\":1001}", "{}", "{\"weight\":\"2\"}", "{\"weight\":2,\"x\":1}", "[]"
            })
    void badWeightsAre422(String body) {
        assertThat(api.send(
                                "PUT",
                                "/api/v1/tenants/a/weight",
                                BodyPublishers.ofString(body),
                                "Content-Type",
                                "application/json")
                        .status())
                .isEqualTo(422);
    }

    @Test
    void dataNeedsTheTokenAndProbesAndPagesDoNot() {
        try (Api closed = new Api(Api.OPTIONS.withToken(TOKEN), store)) {
            for (String path : List.of("/api/v1/jobs", "/api/v1/events", "/api/v1/counts", "/metrics")) {
                Answer answer = closed.get(path);
                assertThat(answer.status()).as(path).isEqualTo(401);
                assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
                for (String wrong : List.of("Bearer " + TOKEN + "x", "Bearer", "Basic " + TOKEN, TOKEN)) {
                    assertThat(closed.get(path, "Authorization", wrong).status())
                            .as(wrong)
                            .isEqualTo(401);
                }
            }
            assertThat(closed.post("/api/v1/jobs", "{" + NOOP + "}").status()).isEqualTo(401);
            assertThat(closed.get("/api/v1/jobs", "Authorization", "Bearer " + TOKEN)
                            .status())
                    .isEqualTo(200);
            for (String path : List.of("/", "/health", "/ready", "/docs", "/openapi.yaml", "/assets/page.js")) {
                assertThat(closed.get(path).status()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void doesNotListenBeyondThisHostWithoutATokenUnlessTold() {
        ApiOptions everywhere = Api.OPTIONS.withHost("0.0.0.0");

        assertThatThrownBy(() -> ApiServer.start(everywhere, store, () -> ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.0.0.0")
                .hasMessageContaining("token");
        assertThatThrownBy(() -> Api.OPTIONS.withToken("short")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Api.OPTIONS.withToken(TOKEN).toString()).doesNotContain(TOKEN);
    }

    @Test
    void namesOfOthersThatPointHereAreRefused() throws IOException {
        String rest = "Connection: close\r\n\r\n";

        assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: evil.example:80\r\n" + rest))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: 10.0.0.7\r\n" + rest))
                .startsWith("HTTP/1.1 403 ");
        assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: localhost:1\r\n" + rest))
                .startsWith("HTTP/1.1 200 ");
        assertThat(raw("GET /api/v1/jobs HTTP/1.1\r\nHost: [::1]\r\n" + rest)).startsWith("HTTP/1.1 200 ");
        try (Api told = new Api(Api.OPTIONS.withHostNames(Set.of("jobs.example")), store)) {
            assertThat(raw(told, "GET /api/v1/jobs HTTP/1.1\r\nHost: jobs.example:80\r\n" + rest))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void pagesOfOtherSitesChangeNothing() {
        String here = "http://127.0.0.1:" + api.server.port();

        assertThat(api.post("/api/v1/jobs", "{" + NOOP + "}", "Origin", "http://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(api.post("/api/v1/jobs", "{" + NOOP + "}", "Origin", "null").status())
                .isEqualTo(403);
        assertThat(api.post("/api/v1/jobs", "{" + NOOP + "}", "Origin", here).status())
                .isEqualTo(201);
        try (Api closed = new Api(Api.OPTIONS.withToken(TOKEN), store)) {
            assertThat(closed.post(
                                    "/api/v1/jobs",
                                    "{" + NOOP + "}",
                                    "Origin",
                                    "https://jobs.example",
                                    "Authorization",
                                    "Bearer " + TOKEN)
                            .status())
                    .as("of who knows the token, through a proxy that changed the host")
                    .isEqualTo(201);
        }
    }

    @Test
    void whoAsksTooOftenWaits() {
        try (Api slow = new Api(Api.OPTIONS.withRequestsPerSecond(1), store)) {
            assertThat(slow.get("/api/v1/counts").status()).isEqualTo(200);
            Answer answer = slow.get("/api/v1/counts");

            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(slow.get("/health").status()).isEqualTo(200);
            assertThat(slow.get("/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void aStoreThatFailsIs503AndASubmissionTellsWithWhichIdsToRepeatIt() {
        JobStore broken = (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, arguments) -> {
                    throw new StoreException("no node answers", new IOException("refused"));
                });
        try (Api failing = new Api(Api.OPTIONS, broken)) {
            for (String path :
                    List.of("/ready", "/api/v1/jobs", "/api/v1/jobs/a", "/api/v1/counts", "/api/v1/workers")) {
                assertThat(failing.get(path).status()).as(path).isEqualTo(503);
            }
            Answer answer = failing.post("/api/v1/jobs", "[{\"id\":\"mine\"," + NOOP + "},{" + NOOP + "}]");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("1");
            assertThat(answer.json().get("ids")).hasSize(2);
            assertThat(answer.json().at("/ids/0").asText()).isEqualTo("mine");
            assertThat(failing.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void whatIsNoHttpIsRefusedAsAProblemToo() throws IOException {
        assertThat(raw("GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        String head = "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        assertThat(raw(head + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void nothingAnswers500() {
        Random random = new Random(20_261_122);
        String good =
                "{\"id\":\"fuzz\",\"tenant\":\"a\",\"priority\":5,\"payload\":\"x\",\"schedule\":{\"kind\":\"cron\",\"expression\":"
                        + "\"*/5 * * * *\",\"zone\":\"UTC\"},\"retries\":{\"attempts\":3,\"firstDelay\":\"PT1S\"},\"deadline\":\"PT1H\","
                        + NOOP
                        + "}";
        String[] bits = {
            "null",
            "-1",
            "1e999",
            "\"\"",
            "[]",
            "{}",
            "true",
            "\"\\ud800\"",
            "\"\\u0000\"",
            "9".repeat(60),
            "\"PT\"",
            "\"P-999999999D\"",
            "\"*\"",
            "\"0 0 31 2 *\"",
            "\"99/99 1-0 ? L #\"",
            "{\"kind\":null}",
            "[[[[]]]]",
            "\"" + "z".repeat(5000) + "\""
        };
        for (int i = 0; i < 700; i++) {
            StringBuilder body = new StringBuilder(good);
            for (int n = random.nextInt(3); n >= 0; n--) {
                int at = random.nextInt(body.length());
                switch (random.nextInt(4)) {
                    case 0 -> body.deleteCharAt(at);
                    case 1 -> body.insert(at, (char) random.nextInt(0x250));
                    case 2 -> body.insert(at, bits[random.nextInt(bits.length)]);
                    default -> {
                        int colon = body.indexOf(":", at);
                        int comma = body.indexOf(",", colon);
                        if (colon > 0 && comma > 0) {
                            body.replace(colon + 1, comma, bits[random.nextInt(bits.length)]);
                        }
                    }
                }
            }
            byte[] bytes = body.toString().getBytes(random.nextInt(10) == 0 ? ISO_8859_1 : UTF_8);
            String path = random.nextInt(4) == 0 ? "/api/v1/jobs/fuzz/cancel" : "/api/v1/jobs";

            Answer answer =
                    api.send("POST", path, BodyPublishers.ofByteArray(bytes), "Content-Type", "application/json");

            assertThat(answer.status())
                    .as("%s to %s: %s", body, path, answer.body())
                    .isLessThan(500);
        }
    }

    private static String raw(String request) throws IOException {
        return raw(api, request);
    }

    private static String raw(Api asked, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), asked.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }
}

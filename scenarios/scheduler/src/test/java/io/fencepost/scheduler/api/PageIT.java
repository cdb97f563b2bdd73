package io.fencepost.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.Ending;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a browser shows of the pages. */
@Timeout(240)
class PageIT {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String WORKER = "worker-1";

    @TempDir
    Path folder;

    private Chromium browser;
    private JobStore store;
    private Api api;

    @BeforeEach
    void start() {
        Optional<Chromium> found = Chromium.find(folder);
        assumeTrue(found.isPresent(), "there is no Chromium on the path that could show the page");
        browser = found.orElseThrow();
        store = JdbcJobStore.open(folder.resolve("jobs.db"));
        api = new Api(Api.OPTIONS, store);
    }

    @AfterEach
    void stop() {
        if (api != null) {
            api.close();
            store.close();
        }
    }

    @Test
    void thePageShowsJobsTheirHoldersAndWhatHappens() {
        Instant now = Instant.now();
        submit("waits", ",\"schedule\":{\"kind\":\"after\",\"delay\":\"PT1H\"}");
        submit("goes", "");
        submit("went", "");
        submit("failed", "");
        submit("gone", "");
        begin("goes", 4_711);
        run("went", 17, new Ending.Succeeded(Optional.empty(), ""));
        run("failed", 18, new Ending.Died(Optional.empty(), "<b>no</b> such place"));
        api.post("/api/v1/jobs/gone/cancel", "{\"reason\":\"not wanted\"}");
        store.report(new WorkerReport(WORKER, now, now, 8, 1, false), Duration.ofMinutes(1));

        eventually(api.server.uri(), dom -> {
            assertThat(part(dom, "p", "link")).contains("data-link=\"live\"", "Live");
            for (String state : Set.of("scheduled", "running", "succeeded", "dead", "cancelled")) {
                assertThat(part(dom, "b", "count-" + state)).as(state).endsWith(">1");
            }
            String jobs = part(dom, "table", "jobs");
            assertThat(row(jobs, "waits")).contains(">scheduled<").containsPattern("in 5\\d min");
            assertThat(row(jobs, "goes")).contains(">running<");
            assertThat(row(jobs, "went")).contains(">succeeded<");
            assertThat(row(jobs, "failed")).contains(">dead<", "&lt;b&gt;no&lt;/b&gt; such place");
            assertThat(row(jobs, "gone")).contains(">cancelled<");
            String held = part(dom, "table", "held");
            assertThat(row(held, "goes")).contains(">" + WORKER + "<", ">#4711<");
            assertThat(held).doesNotContain("went");
            assertThat(part(dom, "ul", "workers")).contains(WORKER, "1 of 8 ");
            assertThat(part(dom, "ol", "events"))
                    .containsPattern(">began<.{0,200}>goes<.{0,400}>#4711<")
                    .containsPattern(">cancelled<.{0,200}>gone<.{0,400}not wanted");
        });
    }

    @Test
    void theDescriptionShowsEveryOperation() {
        eventually(api.server.uri().resolve("/docs"), dom -> {
            Set<String> shown = Pattern.compile("opblock-summary-method\">([A-Z]+)<.{0,300}?data-path=\"([^\"]+)\"")
                    .matcher(dom)
                    .results()
                    .map(match -> match.group(1) + " " + match.group(2))
                    .collect(Collectors.toCollection(TreeSet::new));
            assertThat(shown).isEqualTo(new Description().operations()).isNotEmpty();
        });
    }

    /** A busy machine may need longer to show a page than the page's own time goes on, and browsers hang now and then as they start: then it is opened again. */
    private void eventually(URI page, Consumer<String> check) {
        await().atMost(LIMIT).untilAsserted(() -> check.accept(browser.dom(page)));
    }

    private void submit(String id, String more) {
        assertThat(api.post(
                                "/api/v1/jobs",
                                "{\"id\":\"" + id + "\",\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}" + more
                                        + "}")
                        .status())
                .isEqualTo(201);
    }

    private void begin(String id, long token) {
        assertThat(store.begin(new JobId(id), new FencingToken(token), WORKER, Instant.now()))
                .isInstanceOf(Change.Accepted.class);
    }

    private void run(String id, long token, Ending ending) {
        begin(id, token);
        assertThat(store.end(new JobId(id), new FencingToken(token), WORKER, ending, Instant.now()))
                .isInstanceOf(Change.Accepted.class);
    }

    /** From the beginning of the element of that id to its end. */
    private static String part(String dom, String tag, String id) {
        int begin = dom.indexOf("<" + tag + " id=\"" + id + "\"");
        assertThat(begin).as("%s %s in %s", tag, id, dom).isNotNegative();
        return dom.substring(begin, dom.indexOf("</" + tag + ">", begin));
    }

    private static String row(String table, String job) {
        int begin = table.indexOf("data-key=\"" + job + "\"");
        assertThat(begin).as("%s in %s", job, table).isNotNegative();
        return table.substring(begin, table.indexOf("</tr>", begin));
    }
}

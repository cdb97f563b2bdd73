package io.fencepost.history.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.history.Expectation;
import io.fencepost.history.Op;
import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Judgement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunPageTest {
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"run\">(.*?)</script>", Pattern.DOTALL);
    private static final String HOSTILE = "</script><img src=x onerror=alert(1)>";

    @TempDir
    private Path folder;

    private String page(MadeUpRun run) throws IOException {
        run.judged(folder);
        return Files.readString(RunPage.write(folder));
    }

    private static JsonNode data(String page) throws IOException {
        Matcher matcher = DATA.matcher(page);
        assertThat(matcher.find()).isTrue();
        return JsonMapper.builder().build().readTree(matcher.group(1));
    }

    /** What a reader sees without JavaScript. */
    private static String words(String page) {
        return page.replaceAll("(?s)<(script|style)\\b.*?</\\1>", " ")
                .replaceAll("<[^>]*>", " ")
                .replaceAll("\\s+", " ");
    }

    @Test
    void saysWithoutScriptWhatWasRunAndWhatWasFound() throws IOException {
        String page = page(MadeUpRun.seed(4711).overlap());
        assertThat(words(page))
                .contains("✗ invalid S12 mix on redlock")
                .contains("seed 4711")
                .contains("fencepost chaos --scenario=S12 --provider=redlock --seed=4711")
                .contains("K1 exclusion ✗ invalid 1")
                .contains("K8 fault proven ✓ valid 0")
                .contains("two holders for 40.000 ms at ")
                .contains("two holders at a time forbidden 1 ✗ invalid seen although it is forbidden")
                .contains("need JavaScript")
                .contains("pause-worker w2")
                .contains("rule 3 gone")
                .contains("ttl ms 2000")
                .contains("server › redis 7.2.4");
    }

    @Test
    void putsTheFindingsBeforeTheTimeline() throws IOException {
        String page = page(MadeUpRun.seed(1).overlap());
        assertThat(page.indexOf("data-finding=\"0\"")).isPositive().isLessThan(page.indexOf("id=\"timeline\""));
        JsonNode finding = data(page).path("findings").path(0);
        assertThat(finding.path("text").asText()).contains("two holders");
        assertThat(finding.path("to").asLong())
                .isGreaterThan(finding.path("from").asLong());
        assertThat(finding.path("rows")).hasSize(2);
    }

    @Test
    void aCalmRunIsValidAndHasNoFinding() throws IOException {
        String page = page(MadeUpRun.seed(2).acquires(120));
        assertThat(words(page)).contains("✓ valid S12 mix").contains("The checkers found nothing.");
        assertThat(data(page).path("overlaps")).isEmpty();
    }

    @Test
    void whatARunIsToShowIsExcusedAndNotCalledInvalid() throws IOException {
        String page = page(MadeUpRun.seed(3).overlap().doubleHolder(Expectation.EXPECTED));
        assertThat(words(page))
                .contains("two holders at a time expected 1 ✓ valid")
                .contains("K1 ○ excused lock ")
                .contains("this run excuses what was found");
    }

    @Test
    void hasEveryOperationFaultStopPhaseAndOverlapInItsData() throws IOException {
        RunFolder run = MadeUpRun.seed(4).overlap().judged(folder);
        JsonNode data = data(Files.readString(RunPage.write(folder)));
        var history = run.readHistory();
        long alone = history.events().stream()
                .filter(event -> event.process().equals(Op.STORE)
                        || event.process().equals(Op.RUNNER)
                        || event.op().equals(Op.LOST))
                .count();
        assertThat(data.path("rows").asLong()).isEqualTo(history.operations().size() + alone);
        assertThat(data.path("leases").path("count").asInt())
                .isEqualTo(
                        history.grants().values().stream().mapToInt(List::size).sum());
        assertThat(data.path("faults").findValuesAsText("name")).containsExactly("partition", "clock", "pause-worker");
        assertThat(data.path("faults").findValues("proved")).allMatch(JsonNode::asBoolean);
        assertThat(data.path("stops").findValuesAsText("how")).containsExactly("paused", "killed");
        assertThat(data.path("phases").findValuesAsText("name"))
                .containsExactly("warm-up", "fault", "recover", "final", "end");
        assertThat(data.path("overlaps")).hasSize(1);
        JsonNode overlap = data.path("overlaps").path(0);
        assertThat(overlap.path("to").asLong() - overlap.path("from").asLong()).isEqualTo(40_000);
        assertThat(data.path("leases").path("how").path("n"))
                .extracting(JsonNode::asText)
                .contains("release", "end of validity", "killed");
    }

    @Test
    void namesOfOthersNeverBecomeMarkup() throws IOException {
        String page = page(MadeUpRun.seed(5)
                .locks(List.of(HOSTILE, "a <b> & \"c\"", "<!--<script>"))
                .overlap());
        assertThat(page).doesNotContain("<img").doesNotContain("<!--").doesNotContain("<b>");
        assertThat(page.toLowerCase(Locale.ROOT).split("</script>", -1)).hasSize(3);
        assertThat(data(page).path("locks")).extracting(JsonNode::asText).contains(HOSTILE, "<!--<script>");
    }

    @Test
    void loadsNothingAndAllowsOnlyItsOwnScript() throws IOException {
        String page = page(MadeUpRun.seed(6));
        assertThat(page)
                .contains("default-src &#39;none&#39;; script-src &#39;sha256-")
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain(" src=")
                .doesNotContain("@import")
                .doesNotContain("innerHTML");
        assertThat(Pattern.compile(" (on\\w+|style)=\"").matcher(page).find()).isFalse();
    }

    @Test
    void aRunThatWasNotJudgedHasAPageThatSaysSo() throws IOException {
        MadeUpRun.seed(7).unjudged(folder);
        assertThat(words(Files.readString(RunPage.write(folder))))
                .contains("– not judged S12 mix on redlock")
                .contains("The run was not judged yet.");
    }

    @Test
    void aHistoryLargerThanAPageKeepsGrantsFailuresAndWhatFindingsName() throws IOException {
        RunFolder run = MadeUpRun.seed(8).overlap().judged(folder);
        JsonNode whole = data(Files.readString(RunPage.write(folder)));
        String page = Files.readString(RunPage.write(folder, whole.path("rows").asInt() - 900));
        JsonNode thin = data(page);
        assertThat(thin.path("rows").asInt()).isEqualTo(whole.path("rows").asInt() - 900);
        assertThat(thin.path("leases").path("count"))
                .isEqualTo(whole.path("leases").path("count"));
        assertThat(thin.path("findings").findValues("rows"))
                .hasSameSizeAs(Judgement.read(run).checks().stream()
                        .flatMap(check -> check.findings().stream())
                        .toList())
                .noneMatch(JsonNode::isEmpty);
        assertThat(words(page)).contains("Left out of table and timeline: ").contains(" store read");
    }

    @Test
    void fiftyThousandOperationsStayWithinTenMegabytes() throws IOException {
        String page = page(MadeUpRun.seed(9).acquires(50_000).locks(8).workers(16));
        assertThat(data(page).path("rows").asInt()).isGreaterThan(200_000);
        assertThat(page.length()).isLessThan(10 * 1024 * 1024);
    }
}

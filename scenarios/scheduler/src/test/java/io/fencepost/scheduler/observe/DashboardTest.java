package io.fencepost.scheduler.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.scheduler.observe.ObservabilityFiles.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dashboard, the rules and the table of the meters, against each other and against the meters that there are. */
class DashboardTest {
    private static final int COLUMNS = 24;
    private static final String DATASOURCE = "${datasource}";
    private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS");
    private static final Pattern TABLE_ROW =
            Pattern.compile("(?m)^\\| `(fencepost\\.[a-z.]+)` \\| (timer|counter|gauge)[^|]* \\|[^|]*\\| ([^|]+) \\|$");

    private static SchedulerMetrics metrics = new SchedulerMetrics();

    private final JsonNode dashboard = ObservabilityFiles.dashboard();
    private final List<JsonNode> panels = ObservabilityFiles.panels(dashboard);

    @BeforeAll
    static void useEveryMeter() {
        metrics.close();
        metrics = Samples.everyMeter();
        System.gc();
        await().untilAsserted(() -> assertThat(metrics.scrape()).contains("jvm_gc_pause_seconds_max"));
    }

    @AfterAll
    static void close() {
        metrics.close();
    }

    @Test
    void panelsHaveIdsTitlesAndDescriptionsOfTheirOwn() {
        assertThat(panels).hasSizeGreaterThan(30);
        assertThat(panels)
                .extracting(panel -> panel.path("id").asInt())
                .doesNotHaveDuplicates()
                .doesNotContain(0);
        assertThat(panels)
                .extracting(panel -> panel.path("title").asText())
                .doesNotHaveDuplicates()
                .doesNotContain("");
        assertThat(drawn())
                .allSatisfy(panel -> assertThat(panel.path("description").asText())
                        .as(title(panel))
                        .isNotBlank());
        assertThat(dashboard.path("uid").asText()).isEqualTo("fencepost");
        // what Grafana fills in when it imports
        assertThat(dashboard.has("id")).isFalse();
    }

    @Test
    void panelsLieInTheGridWithoutOverlapsOrHoles() {
        Map<String, String> cells = new TreeMap<>();
        for (JsonNode panel : panels) {
            JsonNode at = panel.path("gridPos");
            assertThat(at.path("w").asInt()).as(title(panel)).isPositive();
            assertThat(at.path("h").asInt()).as(title(panel)).isPositive();
            assertThat(at.path("x").asInt() + at.path("w").asInt())
                    .as(title(panel))
                    .isLessThanOrEqualTo(COLUMNS);
            for (int x = at.path("x").asInt();
                    x < at.path("x").asInt() + at.path("w").asInt();
                    x++) {
                for (int y = at.path("y").asInt();
                        y < at.path("y").asInt() + at.path("h").asInt();
                        y++) {
                    String before = cells.put(x + "," + y, title(panel));
                    assertThat(before)
                            .as("under %s at %d, %d", title(panel), x, y)
                            .isNull();
                }
            }
        }
        int height = panels.stream()
                .mapToInt(panel -> panel.path("gridPos").path("y").asInt()
                        + panel.path("gridPos").path("h").asInt())
                .max()
                .orElseThrow();
        assertThat(cells).hasSize(height * COLUMNS);
    }

    @Test
    void rowsAreOpenAndHoldWhatIsBelowThem() {
        assertThat(panels.get(0).path("type").asText()).isEqualTo("row");
        assertThat(panels)
                .filteredOn(panel -> panel.path("type").asText().equals("row"))
                .extracting(DashboardTest::title)
                .containsExactly("Overview", "Locks", "Jobs", "Dispatch", "Workers", "Store", "Processes");
    }

    @Test
    void theDatasourceIsAVariableEverywhere() {
        JsonNode variable = dashboard.path("templating").path("list").get(0);
        assertThat(variable.path("name").asText()).isEqualTo("datasource");
        assertThat(variable.path("type").asText()).isEqualTo("datasource");
        assertThat(variable.path("query").asText()).isEqualTo("prometheus");
        assertThat(dashboard
                        .path("templating")
                        .path("list")
                        .get(1)
                        .path("datasource")
                        .path("uid")
                        .asText())
                .isEqualTo(DATASOURCE);
        for (JsonNode panel : drawn()) {
            assertThat(panel.path("datasource").path("uid").asText())
                    .as(title(panel))
                    .isEqualTo(DATASOURCE);
            assertThat(panel.path("targets")).as(title(panel)).isNotEmpty();
            for (JsonNode target : panel.path("targets")) {
                assertThat(target.path("datasource").path("uid").asText())
                        .as(title(panel))
                        .isEqualTo(DATASOURCE);
                assertThat(target.path("expr").asText()).as(title(panel)).isNotBlank();
            }
            assertThat(panel.path("targets"))
                    .as(title(panel))
                    .extracting(target -> target.path("refId").asText())
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void onlyVariablesThatThereAreAreUsed() {
        List<String> known = new ArrayList<>(List.of("__rate_interval"));
        dashboard
                .path("templating")
                .path("list")
                .forEach(variable -> known.add(variable.path("name").asText()));
        Pattern used = Pattern.compile("\\$\\{?(\\w+)");
        for (Expression expression : ObservabilityFiles.dashboardExpressions()) {
            Matcher matcher = used.matcher(expression.promQl());
            while (matcher.find()) {
                assertThat(known).as(expression.where()).contains(matcher.group(1));
            }
        }
    }

    @Test
    void everyMetricOfTheDashboardAndTheRulesExists() {
        Set<String> existing = new TreeSet<>(Samples.names(metrics.scrape()));
        existing.addAll(OF_PROMETHEUS);
        List<Expression> all = Stream.concat(
                        ObservabilityFiles.dashboardExpressions().stream(),
                        ObservabilityFiles.alertExpressions().stream())
                .toList();
        assertThat(all).hasSizeGreaterThan(60);
        for (Expression expression : all) {
            Set<String> named = PromQl.metrics(expression.promQl());
            assertThat(named)
                    .as(expression.where() + ": " + expression.promQl())
                    .isNotEmpty();
            assertThat(existing)
                    .as(expression.where() + ": " + expression.promQl())
                    .containsAll(named);
        }
    }

    @Test
    void everyMeterOfOursIsOnTheDashboard() {
        Set<String> shown = new TreeSet<>();
        ObservabilityFiles.dashboardExpressions()
                .forEach(expression -> shown.addAll(PromQl.metrics(expression.promQl())));
        for (String meter : Descriptions.BY_METER.keySet()) {
            String prefix = meter.replace('.', '_');
            assertThat(shown).as(meter).anyMatch(name -> name.startsWith(prefix));
        }
    }

    @Test
    void everyMeterHasItsDescriptionInPrometheusAndInTheReadme() {
        Map<String, String> inReadme = new TreeMap<>();
        Matcher rows = TABLE_ROW.matcher(ObservabilityFiles.text("README.md"));
        while (rows.find()) {
            inReadme.put(rows.group(1), rows.group(3));
        }
        assertThat(inReadme).isEqualTo(new TreeMap<>(Descriptions.BY_METER));

        Set<String> helped = new TreeSet<>();
        Matcher help = Pattern.compile("(?m)^# HELP (fencepost_\\w+) (.*)$").matcher(metrics.scrape());
        while (help.find()) {
            if (!help.group(1).endsWith("_max")) {
                assertThat(Descriptions.BY_METER.values()).as(help.group(1)).contains(help.group(2));
            }
            helped.add(help.group(1));
        }
        for (String meter : Descriptions.BY_METER.keySet()) {
            String name = meter.replace('.', '_');
            assertThat(helped).as(meter).anyMatch(known -> known.matches(name + "(_total|_seconds)?"));
        }
    }

    @Test
    void everyTagOfTheReadmesTableHasTheValuesThatItNames() {
        String readme = ObservabilityFiles.text("README.md");
        String scrape = metrics.scrape();
        for (String cause : JobMeters.CAUSES) {
            assertThat(readme).contains(cause.replace(' ', '_'));
        }
        JobMeters.ENDINGS.forEach(
                kind -> assertThat(readme).contains(kind.name().toLowerCase(Locale.ROOT)));
        JobMeters.REFUSALS.forEach(why -> assertThat(scrape).contains("why=\"" + why + "\""));
    }

    @Test
    void alertsHaveASeverityATextAndBothTests() {
        List<String> tests = new ArrayList<>();
        ObservabilityFiles.yaml("alerts-test.yml")
                .path("tests")
                .forEach(test -> tests.add(test.path("name").asText()));
        assertThat(ObservabilityFiles.alerts()).hasSizeGreaterThan(15).allSatisfy(rule -> {
            String name = rule.path("alert").asText();
            assertThat(name).startsWith("Fencepost");
            assertThat(rule.path("labels").path("severity").asText()).as(name).isIn("page", "warn", "info");
            assertThat(rule.path("annotations").path("summary").asText())
                    .as(name)
                    .isNotBlank();
            assertThat(rule.path("annotations").path("description").asText())
                    .as(name)
                    .isNotBlank();
            assertThat(tests).as(name).contains(name + " fires", name + " is quiet");
        });
        assertThat(ObservabilityFiles.alertExpressions())
                .extracting(Expression::where)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatPrometheusScrapesAndGrafanaReadsFitsTogether() {
        assertThat(ObservabilityFiles.yaml("prometheus.yml")
                        .path("rule_files")
                        .get(0)
                        .asText())
                .isEqualTo("alerts.yml");
        assertThat(ObservabilityFiles.yaml("prometheus.yml").path("scrape_configs"))
                .extracting(job -> job.path("job_name").asText())
                .containsExactly("fencepost-api", "fencepost-worker");
        JsonNode datasource = ObservabilityFiles.yaml("grafana/provisioning/datasources/prometheus.yml")
                .path("datasources")
                .get(0);
        assertThat(datasource.path("type").asText()).isEqualTo("prometheus");
        assertThat(datasource.path("jsonData").path("timeInterval").asText())
                .isEqualTo(ObservabilityFiles.yaml("prometheus.yml")
                        .path("global")
                        .path("scrape_interval")
                        .asText());
        assertThat(ObservabilityFiles.yaml("grafana/provisioning/dashboards/fencepost.yml")
                        .path("providers")
                        .get(0)
                        .path("options")
                        .path("path")
                        .asText())
                .isEqualTo("/var/lib/grafana/dashboards");
    }

    @Test
    void queriesAreReadRight() {
        assertThat(PromQl.metrics("histogram_quantile(0.5, sum by (le, x) (rate(a_bucket{b=\"c\",i=~\"$d\"}[$__e])))"))
                .containsExactly("a_bucket");
        assertThat(PromQl.metrics("sum(a) / sum(b) > 0.05 or absent(c)")).containsExactly("a", "b", "c");
        assertThat(PromQl.operands("max(a{b=\"x > 1\"}) == 0 or absent(c)"))
                .containsExactly("max(a{b=\"x > 1\"})", "c");
        assertThat(PromQl.operands("a / b > 0.5")).containsExactly("a / b");
    }

    private List<JsonNode> drawn() {
        return panels.stream()
                .filter(panel -> !panel.path("type").asText().equals("row"))
                .toList();
    }

    private static String title(JsonNode panel) {
        return panel.path("title").asText();
    }
}

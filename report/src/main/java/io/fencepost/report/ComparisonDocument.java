package io.fencepost.report;

import io.fencepost.report.Block.Bullets;
import io.fencepost.report.Block.Code;
import io.fencepost.report.Block.Figure;
import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.Comparison.Cell;
import io.fencepost.report.Comparison.Exclusion;
import io.fencepost.report.Comparison.Measured;
import io.fencepost.report.Comparison.Missing;
import io.fencepost.report.Comparison.Row;
import io.fencepost.report.Comparison.Section;
import io.fencepost.report.Comparison.Verdict;
import io.fencepost.report.Measurement.Interval;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** Puts a comparison into words and tables. */
final class ComparisonDocument {
    private final Comparison comparison;
    private final RunEnvironment environment;
    private final ConformanceSection conformance;
    private final ChaosSection chaos;
    private final List<Block> blocks = new ArrayList<>();

    private ComparisonDocument(Comparison comparison) {
        this.comparison = comparison;
        this.environment = comparison.environment();
        this.conformance = new ConformanceSection(comparison);
        this.chaos = new ChaosSection(comparison);
    }

    static String title(Comparison comparison) {
        return "Fencepost comparison: " + comparison.environment().text("run").orElse("a run without a name");
    }

    static List<Block> of(Comparison comparison) {
        ComparisonDocument document = new ComparisonDocument(comparison);
        document.summary();
        document.promises();
        document.blocks.addAll(document.conformance.blocks());
        document.targets();
        document.exclusion();
        document.blocks.addAll(document.chaos.blocks());
        document.measurements();
        document.environment();
        document.reproduction();
        document.problems();
        return List.copyOf(document.blocks);
    }

    private void summary() {
        blocks.add(new Heading(1, title(comparison)));
        blocks.add(new Bullets(List.of(
                exclusionInALine(), conformance.inALine(), chaos.inALine(), targetsInALine(), completenessInALine())));
    }

    private Text exclusionInALine() {
        long doubles = comparison.exclusions().stream()
                .mapToLong(Exclusion::doubleHolders)
                .sum();
        long tokens = comparison.exclusions().stream()
                .mapToLong(Exclusion::tokenViolations)
                .sum();
        long grants =
                comparison.exclusions().stream().mapToLong(Exclusion::grants).sum();
        boolean allCounted =
                comparison.exclusions().stream().allMatch(e -> e.uncounted().isEmpty());
        String counts = doubles + " double holders and " + tokens + " token violations over "
                + (allCounted ? "" : "more than ") + grants + " recorded grants of "
                + providersChecked() + " providers";
        if (doubles + tokens > 0) {
            return Text.violation("Exclusion: VIOLATED: " + counts);
        }
        boolean known = comparison.exclusions().stream().allMatch(Exclusion::complete) && providersChecked() > 0;
        return known
                ? Text.good("Exclusion: held: " + counts)
                : Text.alarm("Exclusion: UNKNOWN, not everything was checked: " + counts);
    }

    private long providersChecked() {
        return comparison.exclusions().stream()
                .filter(e -> !e.checked().isEmpty())
                .count();
    }

    private Text targetsInALine() {
        long reached = comparison.verdicts().stream().filter(Verdict::reached).count();
        int all = comparison.verdicts().size();
        String line = "Speed: " + reached + " of " + all + " targets reached";
        return reached == all ? Text.good(line) : Text.alarm(line);
    }

    private Text completenessInALine() {
        int problems = comparison.problems().size()
                - comparison.failedRules().size()
                - comparison.failedRuns().size();
        return problems == 0
                ? Text.good("Completeness: every expected cell is there")
                : Text.alarm("Completeness: " + problems + " problems, listed at the end");
    }

    private void promises() {
        blocks.add(new Heading(2, "What each provider promises"));
        List<Text> guarantees = new ArrayList<>();
        List<Text> configurations = new ArrayList<>();
        List<List<Text>> rows = new ArrayList<>();
        for (String provider : comparison.providers()) {
            guarantees.add(environment
                    .promise(provider, "guarantee")
                    .map(guarantee -> Text.plain(provider + ": " + guarantee))
                    .orElseGet(() -> Text.alarm(provider + ": MISSING")));
            rows.add(List.of(
                    Text.plain(provider),
                    environment.promise(provider, "fencing").map(Text::plain).orElseGet(() -> Text.alarm("MISSING")),
                    Text.plain(environment.promise(provider, "expiry").orElse("–")),
                    Text.plain(environment
                            .promise(provider, "grace")
                            .map(ComparisonDocument::seconds)
                            .orElse("–"))));
            StringJoiner config = new StringJoiner(", ");
            environment.config(provider).forEach((key, value) -> config.add(key + " = " + value));
            if (config.length() > 0) {
                configurations.add(Text.plain(provider + ": " + config));
            }
        }
        blocks.add(new Bullets(guarantees));
        blocks.add(new Table(List.of("provider", "fencing", "expiry", "grace"), rows, false));
        if (!configurations.isEmpty()) {
            blocks.add(new Paragraph(Text.plain("Measured as:")));
            blocks.add(new Bullets(configurations));
        }
    }

    /** An ISO 8601 duration in seconds; anything else as it stands. */
    private static String seconds(String text) {
        try {
            BigDecimal millis = BigDecimal.valueOf(Duration.parse(text).toMillis());
            return millis.movePointLeft(3).stripTrailingZeros().toPlainString() + " s";
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    private void targets() {
        if (comparison.verdicts().isEmpty()) {
            return;
        }
        blocks.add(new Heading(2, "Speed targets"));
        List<List<Text>> rows = new ArrayList<>();
        List<Text> rawCalls = new ArrayList<>();
        for (Verdict verdict : comparison.verdicts()) {
            String provider = verdict.target().provider();
            double limit = verdict.target().limit();
            Text ratio = verdict.ratio()
                    .map(r -> Text.plain(Numbers.formatBeside(r.value(), limit)).withSmall(interval(r)))
                    .orElseGet(() -> Text.alarm("MISSING"));
            rows.add(List.of(Text.plain(provider), Text.plain(verdict.target().what()), ratio, inWords(verdict)));
            rawCalls.add(verdict.rawCall()
                    .map(call -> Text.plain(provider + ": " + call))
                    .orElseGet(() -> Text.alarm(provider + ": MISSING")));
        }
        blocks.add(new Table(List.of("provider", "target, of medians", "measured [interval]", "verdict"), rows, false));
        blocks.add(new Paragraph(Text.plain("The raw calls:")));
        blocks.add(new Bullets(rawCalls));
        blocks.add(new Figure(Plots.ratios(comparison)));
    }

    private static Text inWords(Verdict verdict) {
        String remark = verdict.close() ? "(the limit lies within the interval)" : "";
        if (verdict.ratio().isEmpty()) {
            return Text.alarm("not measured");
        }
        return (verdict.reached() ? Text.good("reached") : Text.alarm("not reached")).withSmall(remark);
    }

    private void exclusion() {
        blocks.add(new Heading(2, "Exclusion and tokens"));
        blocks.add(new Paragraph(Text.plain(
                "Counted over every recorded grant of the checked scenarios. A double holder is a grant whose"
                        + " [granted, min(released, end of validity)) overlaps that of an earlier grant of the lock. A token violation"
                        + " is a grant whose token was issued before, or is below that of a grant that had returned before its attempt."
                        + " Chaos, where a second holder may be expected, is counted apart.")));
        List<List<Text>> rows = new ArrayList<>();
        for (Exclusion exclusion : comparison.exclusions()) {
            String grants = exclusion.uncounted().isEmpty()
                    ? ""
                    : "and those of " + String.join(", ", exclusion.uncounted()) + ", not counted";
            rows.add(List.of(
                    Text.plain(exclusion.provider()),
                    violations(exclusion.doubleHolders(), exclusion),
                    violations(exclusion.tokenViolations(), exclusion),
                    Text.plain(Long.toString(exclusion.grants())).withSmall(grants),
                    Text.plain(exclusion.checked().isEmpty() ? "–" : String.join(", ", exclusion.checked()))));
        }
        blocks.add(new Table(
                List.of("provider", "double holders", "token violations", "recorded grants", "checked scenarios"),
                rows,
                false));
    }

    private static Text violations(long count, Exclusion exclusion) {
        if (count > 0) {
            return Text.violation(Long.toString(count));
        }
        if (!exclusion.complete()) {
            return Text.alarm("UNKNOWN");
        }
        return exclusion.checked().isEmpty() ? Text.muted("–") : Text.plain("0");
    }

    private void measurements() {
        blocks.add(new Heading(2, "Measurements"));
        blocks.add(new Paragraph(
                Text.plain("Three significant digits; counts exactly. Percentiles come from one merged histogram, never"
                        + " from averages. In brackets the interval of the value, where the run has one.")));
        blocks.add(new Figure(Plots.latency(comparison)));
        blocks.add(new Figure(Plots.throughput(comparison)));
        blocks.add(new Figure(Plots.faults(comparison)));
        List<String> head = new ArrayList<>(List.of("metric (unit)"));
        head.addAll(comparison.providers());
        for (Section section : comparison.sections()) {
            blocks.add(new Heading(3, section.name()));
            blocks.add(new Paragraph(Text.muted(section.explanation())));
            List<List<Text>> rows =
                    section.rows().stream().map(ComparisonDocument::tableRow).toList();
            blocks.add(new Table(List.copyOf(head), rows, true));
        }
    }

    private static List<Text> tableRow(Row row) {
        List<Text> cells = new ArrayList<>();
        cells.add(Text.plain(row.metric() + " (" + row.unit().symbol() + ")"));
        row.cells().forEach(cell -> cells.add(text(cell)));
        return List.copyOf(cells);
    }

    private static Text text(Cell cell) {
        if (cell instanceof Measured measured) {
            Measurement m = measured.measured();
            String value = Numbers.format(m.value(), m.unit());
            return (measured.violation() ? Text.violation(value) : Text.plain(value)).withSmall(interval(m));
        }
        if (cell instanceof Missing missing) {
            return Text.alarm("MISSING").withSmall(missing.found().isEmpty() ? "" : "(" + missing.found() + ")");
        }
        return Text.muted("–");
    }

    static String interval(Measurement measurement) {
        return measurement
                .interval()
                .map((Interval i) -> "[" + Numbers.format(i.low(), measurement.unit()) + ", "
                        + Numbers.format(i.high(), measurement.unit()) + "]")
                .orElse("");
    }

    private void environment() {
        blocks.add(new Heading(2, "Environment"));
        List<List<Text>> rows = new ArrayList<>();
        for (Map.Entry<String, String> detail : environment.details().entrySet()) {
            rows.add(List.of(Text.plain(detail.getKey()), Text.plain(detail.getValue())));
        }
        blocks.add(
                rows.isEmpty()
                        ? new Paragraph(Text.alarm("MISSING: " + RunEnvironment.FILE))
                        : new Table(List.of("what", "value"), rows, false));
    }

    private void reproduction() {
        blocks.add(new Heading(2, "Reproduce"));
        String providers = String.join(",", comparison.providers());
        String profile = environment.text("profile").orElse("MISSING");
        String seed = environment.text("seed").orElse("MISSING");
        blocks.add(new Paragraph(Text.plain("After a build; the seed repeats who is killed and when, not the timing."
                + " results/README.md defines every scenario, metric and column.")));
        blocks.add(new Code(List.of(
                "scenarios/fencepost compare --providers " + providers + " --profile " + profile + " --seed " + seed)));
    }

    private void problems() {
        if (!comparison.violations().isEmpty()) {
            blocks.add(new Heading(2, "Violations"));
            blocks.add(new Bullets(
                    comparison.violations().stream().map(Text::violation).toList()));
        }
        if (!comparison.problems().isEmpty()) {
            blocks.add(new Heading(2, "Problems"));
            List<String> failed = new ArrayList<>(comparison.failedRules());
            failed.addAll(comparison.failedRuns());
            blocks.add(new Bullets(comparison.problems().stream()
                    .map(problem -> failed.contains(problem) ? Text.alarm(problem) : Text.plain(problem))
                    .toList()));
        }
    }
}

package io.fencepost.report;

import io.fencepost.report.Block.Bullets;
import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.Conformance.Outcome;
import io.fencepost.report.Conformance.RuleId;
import io.fencepost.report.Conformance.Suite;
import io.fencepost.report.Conformance.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/** Puts into words and tables what the conformance kit found. */
final class ConformanceSection {
    private static final String HOW =
            "./mvnw verify -Ptck makes " + ConformanceFile.NAME + ", and fencepost compare takes it into its run";

    private final Optional<Conformance> conformance;
    /** Of the comparison, without results of the kit. */
    private final List<String> untested;

    ConformanceSection(Comparison comparison) {
        this.conformance = comparison.conformance();
        this.untested = comparison.providers().stream()
                .filter(provider ->
                        conformance.filter(found -> found.covers(provider)).isEmpty())
                .toList();
    }

    Text inALine() {
        if (conformance.isEmpty()) {
            return Text.alarm("Conformance: NOT RUN: " + HOW);
        }
        Conformance found = conformance.get();
        StringJoiner parts = new StringJoiner("; ");
        found.suites().forEach(suite -> parts.add(suite.provider() + " " + counts(found, suite)));
        if (!untested.isEmpty()) {
            parts.add("NOT RUN: " + String.join(", ", untested));
        }
        String line = "Conformance: " + found.rules().size() + " rules: " + parts;
        if (!found.failures().isEmpty() || !untested.isEmpty()) {
            return Text.alarm(line);
        }
        boolean allRun = found.suites().stream().allMatch(suite -> found.count(suite, Verdict.NOT_RUN) == 0);
        return allRun ? Text.good(line) : Text.plain(line);
    }

    private static String counts(Conformance found, Suite suite) {
        StringJoiner counts = new StringJoiner(", ");
        counts.add(found.count(suite, Verdict.PASSED) + " passed");
        Map<Verdict, String> words = new LinkedHashMap<>();
        words.put(Verdict.FAILED, "FAILED");
        words.put(Verdict.NOT_RUN, "NOT RUN");
        words.put(Verdict.NOT_APPLICABLE, "not applicable");
        words.forEach((verdict, word) -> {
            long count = found.count(suite, verdict);
            if (count > 0) {
                counts.add(count + " " + word);
            }
        });
        return counts.toString();
    }

    List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Heading(2, "Conformance"));
        if (conformance.isEmpty()) {
            blocks.add(new Paragraph(Text.alarm("NOT RUN: " + HOW)));
            return blocks;
        }
        Conformance found = conformance.get();
        blocks.add(new Paragraph(Text.plain(
                "Each rule of tck/SPEC.md is a test of the conformance kit. The kit ran on its own, not on the"
                        + " clusters that were measured here.")));
        blocks.add(totals(found));
        blocks.add(new Heading(3, "Rule by provider"));
        blocks.add(
                new Paragraph(
                        Text.muted(
                                "In a cell: + passed, − failed, NOT RUN not tested, n/a has no meaning for this provider. Reasons below.")));
        blocks.add(matrix(found));
        List<Text> failures = found.failures().stream().map(Text::alarm).toList();
        if (!failures.isEmpty()) {
            blocks.add(new Paragraph(Text.alarm("Failed:")));
            blocks.add(new Bullets(failures));
        }
        addReasons(blocks, found, Verdict.NOT_RUN, "NOT RUN, because");
        addReasons(blocks, found, Verdict.NOT_APPLICABLE, "Not applicable, because");
        return blocks;
    }

    private Table totals(Conformance found) {
        List<List<Text>> rows = new ArrayList<>();
        for (Suite suite : found.suites()) {
            long failed = found.count(suite, Verdict.FAILED);
            rows.add(List.of(
                    Text.plain(suite.provider()),
                    count(found, suite, Verdict.PASSED),
                    failed == 0 ? Text.plain("0") : Text.alarm(Long.toString(failed)),
                    count(found, suite, Verdict.NOT_RUN),
                    count(found, suite, Verdict.NOT_APPLICABLE),
                    Text.plain(suite.kit()),
                    Text.plain(suite.api()),
                    Text.plain(suite.at().toString())));
        }
        for (String provider : untested) {
            Text none = Text.muted("–");
            rows.add(List.of(Text.plain(provider), none, none, Text.alarm("NOT RUN"), none, none, none, none));
        }
        return new Table(
                List.of("provider", "passed", "failed", "NOT RUN", "not applicable", "kit", "lock API", "ended"),
                rows,
                false);
    }

    private static Text count(Conformance found, Suite suite, Verdict verdict) {
        return Text.plain(Long.toString(found.count(suite, verdict)));
    }

    private static Table matrix(Conformance found) {
        List<String> head = new ArrayList<>(List.of("rule", "what it says"));
        found.suites().forEach(suite -> head.add(suite.provider()));
        List<List<Text>> rows = new ArrayList<>();
        found.rules().forEach((rule, title) -> {
            List<Text> row = new ArrayList<>(List.of(Text.plain(rule.toString()), Text.plain(title)));
            found.suites().forEach(suite -> row.add(cell(suite.outcome(rule).verdict())));
            rows.add(row);
        });
        return new Table(List.copyOf(head), rows, false);
    }

    private static Text cell(Verdict verdict) {
        return switch (verdict) {
            case PASSED -> Text.good(verdict.symbol());
            case FAILED -> Text.alarm(verdict.symbol());
            case NOT_RUN -> Text.plain(verdict.symbol());
            case NOT_APPLICABLE -> Text.muted(verdict.symbol());
        };
    }

    /** One item for each reason; providers with the same rules stand together. */
    private static void addReasons(List<Block> blocks, Conformance found, Verdict verdict, String title) {
        Map<String, Map<Suite, List<RuleId>>> byReason = new LinkedHashMap<>();
        for (Suite suite : found.suites()) {
            for (RuleId rule : found.rules().keySet()) {
                Outcome outcome = suite.outcome(rule);
                if (outcome.verdict() == verdict) {
                    byReason.computeIfAbsent(outcome.reason(), reason -> new LinkedHashMap<>())
                            .computeIfAbsent(suite, one -> new ArrayList<>())
                            .add(rule);
                }
            }
        }
        if (byReason.isEmpty()) {
            return;
        }
        List<Text> items = new ArrayList<>();
        byReason.forEach((reason, rules) -> {
            Map<List<RuleId>, List<String>> together = new LinkedHashMap<>();
            rules.forEach((suite, ids) ->
                    together.computeIfAbsent(ids, same -> new ArrayList<>()).add(suite.provider()));
            String where = together.entrySet().stream()
                    .map(entry -> String.join(", ", entry.getValue()) + ": "
                            + entry.getKey().stream().map(RuleId::toString).collect(Collectors.joining(" ")))
                    .collect(Collectors.joining("; "));
            items.add(Text.plain(reason).withSmall("(" + where + ")"));
        });
        blocks.add(new Paragraph(Text.plain(title + ":")));
        blocks.add(new Bullets(items));
    }
}

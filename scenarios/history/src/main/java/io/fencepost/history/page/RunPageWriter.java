package io.fencepost.history.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.history.History;
import io.fencepost.history.check.Check;
import io.fencepost.history.check.Expected;
import io.fencepost.history.check.Judgement;
import io.fencepost.history.check.Metrics;
import io.fencepost.history.check.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Writes the words of the page; the script adds what moves. */
final class RunPageWriter {
    /** The rest of the findings is in verdict.json. */
    private static final int MOST_FINDINGS = 200;

    private static final Map<String, String> EXPOSURES = Map.of(
            "double_holder", "two holders at a time",
            "token_regression", "tokens repeated or out of order",
            "twin_losses", "updates lost without a fence");

    private final Html html = new Html();
    private final RunContent content;
    private final String start;

    RunPageWriter(RunContent content) {
        this.content = content;
        this.start = content.facts().scenario() + " on " + content.facts().provider();
    }

    String write() {
        String style = Resources.style();
        String script = Resources.script();
        html.open("html", "lang", "en").open("head").newLine();
        html.empty("meta", "charset", "utf-8").newLine();
        html.empty("meta", "http-equiv", "Content-Security-Policy", "content", Resources.policy(style, script))
                .newLine();
        html.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
                .newLine();
        html.leaf("title", content.verdict().word() + ": " + start).newLine();
        html.raw("style", style).newLine();
        html.close().newLine().open("body").open("main").newLine();
        header();
        findings();
        live();
        content.judgement().ifPresent(judged -> measured(judged.metrics()));
        faults();
        counts();
        circumstances();
        html.close().newLine();
        html.raw("script", RunData.of(content), "type", "application/json", "id", "run");
        html.raw("script", script);
        html.close().close();
        return html.finish();
    }

    private void header() {
        History history = content.history();
        html.open("header").newLine();
        html.open("p", "class", "kicker").text("Fencepost, a chaos run").close();
        html.open("h1");
        content.verdict().write(html);
        html.text(" ").leaf("span", content.facts().scenario(), "class", "name").text(" on ");
        html.leaf("span", content.facts().provider(), "class", "name").close().newLine();
        html.open("dl", "class", "figures");
        figure("seed", Long.toString(content.facts().seed()));
        figure("length", Numbers.seconds(history.end() - history.start()));
        figure("workers", Numbers.count(content.rows().workers().size()));
        figure("locks", Numbers.count(history.grants().size()));
        figure("grants", Numbers.count(content.holdings().size()));
        figure("faults", Numbers.count(content.faults().size()));
        figure("findings", Numbers.count(content.found()));
        html.close().newLine();
        html.open("div", "class", "sides").newLine();
        html.open("div");
        content.judgement().ifPresent(this::exposure);
        command();
        html.close().newLine();
        checkers();
        html.close().newLine();
        html.close().newLine();
    }

    private void figure(String name, String value) {
        html.open("div").leaf("dt", name).leaf("dd", value).close();
    }

    private void exposure(Judgement judgement) {
        html.open("div", "class", "scroll").open("table", "class", "exposure");
        head("exposure", "expected", "seen", "verdict");
        html.open("tbody");
        for (Expected one : judgement.expectations()) {
            html.open("tr").leaf("th", EXPOSURES.getOrDefault(one.name(), one.name()), "scope", "row");
            html.leaf("td", one.expected());
            html.open("td", "class", "number").text(Numbers.count(one.seen())).close();
            html.open("td");
            VerdictWord.of(one.verdict()).write(html);
            html.text(" ").leaf("small", one.note()).close().close();
        }
        html.close().close().close().newLine();
    }

    private void head(String... cells) {
        html.open("thead").open("tr");
        for (String cell : cells) {
            html.leaf("th", cell, "scope", "col");
        }
        html.close().close();
    }

    /** The command line that repeats the run, if the runner recorded it. */
    private void command() {
        JsonNode command = content.facts().json().path("command");
        String line = command.asText();
        if (command.isArray()) {
            StringJoiner words = new StringJoiner(" ");
            command.forEach(word -> words.add(word.asText()));
            line = words.toString();
        }
        if (!line.isEmpty()) {
            html.open("p", "class", "repeat")
                    .text("This run again: ")
                    .leaf("code", line)
                    .close();
            html.newLine();
        }
    }

    private void findings() {
        List<PlacedFinding> findings = content.findings();
        html.open("section", "id", "findings").leaf("h2", "Findings").newLine();
        if (findings.isEmpty()) {
            html.leaf(
                    "p",
                    content.verdict() == VerdictWord.MISSING
                            ? "The run was not judged yet."
                            : "The checkers found nothing.");
        } else {
            html.open("ol", "class", "findings").newLine();
            for (int i = 0; i < Math.min(findings.size(), MOST_FINDINGS); i++) {
                finding(findings.get(i), i);
            }
            html.close().newLine();
        }
        long more = content.found() - Math.min(findings.size(), MOST_FINDINGS);
        if (more > 0) {
            html.leaf("p", Numbers.count(more) + " more of the same kinds were counted.", "class", "muted");
        }
        html.close().newLine();
    }

    private void finding(PlacedFinding placed, int number) {
        html.open("li", "data-finding", Integer.toString(number));
        html.open("span", "class", "what").leaf("strong", placed.checker()).text(" ");
        placed.verdict().write(html);
        html.close();
        html.open("span", "class", "said").text(placed.finding().message());
        List<Integer> lines = placed.finding().lines();
        if (!lines.isEmpty()) {
            String where = placed.isPlaced() ? "at " + seconds(placed.from()) + ", " : "";
            StringJoiner numbers = new StringJoiner(", ", where + (lines.size() == 1 ? "line " : "lines "), "");
            lines.forEach(line -> numbers.add(Integer.toString(line)));
            html.text(" ").leaf("small", numbers.toString());
        }
        html.close().close().newLine();
    }

    /** An instant since the first event. */
    private String seconds(long nanos) {
        return Numbers.seconds(nanos - content.history().start());
    }

    private void checkers() {
        if (content.checks().isEmpty()) {
            return;
        }
        html.open("div", "class", "scroll").open("table", "class", "checkers");
        head("checker", "invariant", "verdict", "findings");
        html.open("tbody").newLine();
        for (Check check : content.checks()) {
            html.open("tr").leaf("th", check.id(), "scope", "row").leaf("td", check.title());
            html.open("td");
            VerdictWord.of(check.verdict()).write(html);
            if (!check.note().isEmpty()) {
                html.text(" ").leaf("small", check.note());
            }
            html.close();
            html.leaf("td", Numbers.count(check.found()), "class", "number")
                    .close()
                    .newLine();
        }
        html.close().close().close().newLine();
    }

    private void measured(Metrics metrics) {
        html.open("section", "id", "measured").leaf("h2", "Measured").newLine();
        Map<String, String> pairs = new LinkedHashMap<>();
        summary(pairs, "takeover", "after kill or pause of the holder", metrics.takeover());
        summary(pairs, "recovery", "from heal to the next grant", metrics.recovery());
        pairs.put("longest time without a grant under a fault", Numbers.milliseconds(metrics.unavailableMs()));
        pairs.put(
                "grants while another was relied on",
                Numbers.count(metrics.exposure().doubleHolders()));
        pairs.put(
                "overlap of leases, in sum",
                Numbers.milliseconds(metrics.exposure().overlapTotalMs()));
        pairs.put(
                "updates lost without a fence", Numbers.count(metrics.exposure().twinLost()));
        pairs(pairs);
        html.close().newLine();
    }

    private static void summary(Map<String, String> pairs, String name, String meaning, Summary summary) {
        if (summary.count() + summary.missing() == 0) {
            return;
        }
        String missing = summary.missing() == 0 ? "" : ", " + summary.missing() + " never";
        pairs.put(
                name + " (" + meaning + ")",
                summary.count() == 0
                        ? "never, " + summary.missing() + " times"
                        : "p50 %s, p95 %s, max %s (n = %d%s)"
                                .formatted(
                                        Numbers.milliseconds(summary.p50()),
                                        Numbers.milliseconds(summary.p95()),
                                        Numbers.milliseconds(summary.max()),
                                        summary.count(),
                                        missing));
    }

    private void pairs(Map<String, String> pairs) {
        html.open("dl", "class", "pairs");
        pairs.forEach((name, value) -> html.open("div")
                .leaf("dt", name.replace('_', ' '))
                .leaf("dd", value)
                .close());
        html.close().newLine();
    }

    private void faults() {
        if (content.faults().isEmpty()) {
            return;
        }
        html.open("section", "id", "faults").leaf("h2", "Faults").newLine();
        html.open("div", "class", "scroll").open("table");
        head("fault", "target", "in force from", "to", "proof", "proof of its end");
        html.open("tbody").newLine();
        for (Fault fault : content.faults()) {
            html.open("tr").leaf("th", fault.name(), "scope", "row").leaf("td", fault.target(), "class", "name");
            html.leaf("td", seconds(fault.from()), "class", "number");
            html.leaf("td", fault.healed() ? seconds(fault.to()) : "the end", "class", "number");
            html.open("td", "class", "fields");
            if (!fault.proved()) {
                html.leaf("span", "not proved", "class", "alarm").text(" ");
            }
            html.text(fault.proof()).close();
            html.leaf("td", fault.healing(), "class", "fields").close().newLine();
        }
        html.close().close().close().close().newLine();
    }

    private void counts() {
        html.open("section", "id", "counts").leaf("h2", "Operations by outcome").newLine();
        html.open("div", "class", "scroll").open("table");
        head("operation", "in all", "outcomes");
        html.open("tbody").newLine();
        content.rows().counts().forEach((kind, outcomes) -> {
            int all = outcomes.values().stream().mapToInt(Integer::intValue).sum();
            StringJoiner words = new StringJoiner(" · ");
            outcomes.forEach((outcome, count) -> words.add(Numbers.count(count) + " " + outcome));
            html.open("tr").leaf("th", kind, "scope", "row").leaf("td", Numbers.count(all), "class", "number");
            html.leaf("td", words.toString(), "class", "fields").close().newLine();
        });
        html.close().close().close();
        Map<String, Integer> leftOut = content.rows().leftOut();
        if (!leftOut.isEmpty()) {
            StringJoiner words = new StringJoiner(", ");
            leftOut.forEach((kind, count) -> words.add(Numbers.count(count) + " " + kind));
            html.leaf(
                    "p",
                    "This history is larger than a page. Left out of table and timeline: " + words
                            + ". Whatever failed, whatever a finding names and every grant is here.",
                    "class",
                    "alarm");
        }
        html.close().newLine();
    }

    /** What run.json says beside the header. */
    private void circumstances() {
        html.open("section", "id", "circumstances").leaf("h2", "Circumstances").newLine();
        JsonNode root = content.facts().json();
        List<String> shown = List.of("scenario", "provider", "seed", "command", "expectations");
        Map<String, String> loose = new LinkedHashMap<>();
        List<String> objects = new ArrayList<>();
        root.properties().forEach(entry -> {
            if (shown.contains(entry.getKey())) {
                return;
            }
            if (entry.getValue().isObject()) {
                objects.add(entry.getKey());
            } else {
                loose.put(entry.getKey(), Numbers.words(entry.getValue()));
            }
        });
        if (!loose.isEmpty()) {
            pairs(loose);
        }
        for (String name : objects) {
            Map<String, String> leaves = new LinkedHashMap<>();
            flatten("", root.path(name), leaves);
            html.open("details", name.equals("parameters") ? "open" : "", "");
            String title = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
            html.leaf("summary", title.replace('_', ' '));
            pairs(leaves);
            html.close().newLine();
        }
        html.close().newLine();
    }

    private static void flatten(String prefix, JsonNode node, Map<String, String> leaves) {
        node.properties().forEach(entry -> {
            String name = prefix + entry.getKey();
            if (entry.getValue().isObject() && !entry.getValue().isEmpty()) {
                flatten(name + " › ", entry.getValue(), leaves);
            } else {
                leaves.put(name, Numbers.words(entry.getValue()));
            }
        });
    }

    /** The frame that the script fills. */
    private void live() {
        html.open("noscript");
        html.leaf(
                "p",
                "Timeline, charts and the table of operations need JavaScript. Everything else on this page does not.",
                "class",
                "alarm");
        html.close().newLine();
        html.open("div", "id", "live", "hidden", "").newLine();
        html.open("section", "id", "time").leaf("h2", "Timeline").newLine();
        html.open("div", "class", "bar");
        html.open("fieldset").leaf("legend", "a lane for each");
        lane("worker");
        lane("lock");
        html.close();
        html.open("span", "class", "buttons");
        button("pan-left", "←", "earlier");
        button("zoom-out", "−", "zoom out");
        button("zoom-in", "+", "zoom in");
        button("pan-right", "→", "later");
        button("reset", "Whole run", "whole run");
        button("next-finding", "Next finding", "next finding");
        html.close();
        html.leaf("output", "", "id", "range", "class", "muted");
        html.close().newLine();
        html.open("div", "id", "legend", "class", "legend").close().newLine();
        html.open("div", "id", "lanes", "class", "bar").close().newLine();
        html.open("div", "class", "plots").newLine();
        canvas("overview", "Overview of the whole run", false);
        canvas("timeline", "Timeline of leases", true);
        html.close().newLine();
        overlapNote();
        shapes();
        html.open("div", "id", "details", "class", "details").close().newLine();
        html.leaf("p", "", "id", "said", "class", "unseen", "role", "status");
        html.leaf("h3", "Latency of acquires").newLine();
        html.leaf("p", "", "id", "latency-caption", "class", "caption");
        html.open("div", "class", "plots");
        canvas("latency", "Latency of acquires over time", true);
        html.close().newLine();
        html.leaf("h3", "Rate").newLine();
        html.leaf("p", "", "id", "rate-caption", "class", "caption");
        html.open("div", "class", "plots");
        canvas("rate", "Grants and failures a second over time", true);
        html.close().newLine();
        html.close().newLine();
        html.open("section", "id", "operations")
                .leaf("h2", "Operations")
                .close()
                .newLine();
        html.open("div", "id", "tip", "class", "tip", "hidden", "").close().newLine();
        html.close().newLine();
    }

    private void lane(String value) {
        html.open("label");
        html.empty("input", "type", "radio", "name", "lanes", "value", value).text(" " + value);
        html.close();
    }

    private void button(String id, String text, String label) {
        html.leaf("button", text, "type", "button", "id", id, "aria-label", label, "title", label);
    }

    private void canvas(String id, String label, boolean focusable) {
        html.open(
                "canvas",
                "id",
                id,
                focusable ? "tabindex" : "",
                "0",
                focusable ? "role" : "aria-hidden",
                focusable ? "application" : "true",
                focusable ? "aria-label" : "",
                label,
                focusable ? "aria-describedby" : "",
                "keys");
        html.close().newLine();
    }

    private void overlapNote() {
        int overlaps = content.overlaps().size();
        if (overlaps > 0) {
            String drawn = overlaps > RunData.MOST_OVERLAPS
                    ? ", of which the first " + RunData.MOST_OVERLAPS + " are drawn"
                    : "";
            html.leaf(
                    "p",
                    Numbers.count(overlaps) + (overlaps == 1 ? " pair" : " pairs")
                            + " of leases of one lock in force at once: hatched in red" + drawn + ".",
                    "class",
                    "alarm");
            html.newLine();
        }
    }

    /** What the shapes mean, and the keys. */
    private void shapes() {
        html.open("details", "class", "help")
                .leaf("summary", "Shapes, mouse and keys")
                .newLine();
        html.open("ul");
        html.leaf(
                "li",
                "Bar: a lease from its grant to its release, its loss or the end of its validity, with its fencing token. Bars narrower than a pixel are added up.");
        html.leaf(
                "li",
                "Thin line: waiting for the lock. A short grey tick at its end: contended. ✕ failed. ◆ nobody knows.");
        html.leaf(
                "li",
                "Bar with a striped end: not released. ○ end of validity, ⊠ announced as lost, ▼ the worker was killed, ‖ paused, › the history ends.");
        html.leaf(
                "li",
                "Ticks in a bar: renewals above, reads and writes of the protected store below. ◇ the fence refused a holder that came too late.");
        html.leaf(
                "li",
                "Bands: faults from the proof that they took effect to the proof of their end; dashed if there is no proof.");
        html.close();
        html.leaf(
                "p",
                "Drag to choose a range, drag with Shift to pan, double click or pinch to zoom. The wheel zooms with Ctrl, or alone once the plot was clicked. "
                        + "The strip on top shows the whole run; drag its window or its edges.");
        html.leaf(
                "p",
                "Keys, in a plot: ← → pan, + − zoom, 0 whole run, . and , next and previous lease of the lane, ↑ ↓ lane, Enter zooms to the lease, F next finding, "
                        + "Shift F the previous one, Esc lets go.",
                "id",
                "keys");
        html.close().newLine();
    }
}

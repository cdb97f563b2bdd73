package io.fencepost.report;

import io.fencepost.report.Block.Heading;
import io.fencepost.report.Block.Paragraph;
import io.fencepost.report.Block.Table;
import io.fencepost.report.Block.Text;
import io.fencepost.report.Measurement.Subject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What differs between two runs: first their environments, then the measurements that both have. */
final class RunDifference {
    private static final Set<String> ALWAYS_DIFFERENT = Set.of("run", "started");

    private RunDifference() {}

    static String between(Run older, Run newer) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Heading(1, name(older) + " → " + name(newer)));
        blocks.add(new Heading(2, "Environments"));
        List<List<Text>> environments = environments(older.environment(), newer.environment());
        blocks.add(
                environments.isEmpty()
                        ? new Paragraph(Text.plain("Nothing differs that was recorded."))
                        : new Table(List.of("what", "old", "new"), environments, false));
        blocks.add(new Heading(2, "Measurements"));
        blocks.add(new Paragraph(
                Text.plain("'apart': the two intervals do not touch. Without intervals nothing is said.")));
        List<List<Text>> rows = new ArrayList<>();
        for (Measurement after : newer.results().all()) {
            Subject subject = after.subject();
            older.results()
                    .find(subject.provider(), subject.scenario(), subject.metric())
                    .filter(before -> before.unit().convertsTo(after.unit()))
                    .ifPresent(before -> rows.add(row(before.in(after.unit()), after)));
        }
        blocks.add(new Table(
                List.of("provider", "scenario/metric (unit)", "old", "new", "new / old", "intervals"), rows, false));
        return MarkdownWriter.write(blocks);
    }

    private static List<Text> row(Measurement before, Measurement after) {
        return List.of(
                Text.plain(after.subject().provider()),
                Text.plain(after.subject().scenario() + "/" + after.subject().metric() + " ("
                        + after.unit().symbol() + ")"),
                value(before),
                value(after),
                Text.plain(before.value() == 0 ? "–" : Numbers.format(after.value() / before.value())),
                Text.plain(apart(before, after)));
    }

    private static Text value(Measurement m) {
        return Text.plain(Numbers.format(m.value(), m.unit())).withSmall(ComparisonDocument.interval(m));
    }

    private static String apart(Measurement before, Measurement after) {
        if (before.interval().isEmpty() || after.interval().isEmpty()) {
            return "";
        }
        return before.interval().get().overlaps(after.interval().get()) ? "touch" : "apart";
    }

    private static List<List<Text>> environments(RunEnvironment older, RunEnvironment newer) {
        Map<String, String> before = older.everything();
        Map<String, String> after = newer.everything();
        Set<String> keys = new LinkedHashSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeAll(ALWAYS_DIFFERENT);
        List<List<Text>> rows = new ArrayList<>();
        for (String key : keys) {
            if (!Optional.ofNullable(before.get(key)).equals(Optional.ofNullable(after.get(key)))) {
                rows.add(List.of(
                        Text.plain(key),
                        Text.plain(before.getOrDefault(key, "–")),
                        Text.plain(after.getOrDefault(key, "–"))));
            }
        }
        return rows;
    }

    private static String name(Run run) {
        return run.environment().text("run").orElse("a run without a name");
    }
}

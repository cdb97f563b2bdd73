package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.History;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.check.Check;
import io.fencepost.history.check.Finding;
import io.fencepost.history.check.Judgement;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a page shows of a run, worked out once for its words and for its script.
 *
 * @param judgement empty for a run that was not judged yet
 * @param findings the gravest first, and among these by time
 */
record RunContent(
        RunFacts facts,
        Optional<Judgement> judgement,
        History history,
        Rows rows,
        List<Fault> faults,
        List<Stop> stops,
        List<Holding> holdings,
        List<Overlap> overlaps,
        List<PlacedFinding> findings) {

    static RunContent of(RunFolder folder, int mostRows) throws IOException {
        RunFacts facts = folder.readFacts();
        Optional<Judgement> judgement = judgement(folder);
        History history = folder.readHistory();
        Set<Integer> cited = new HashSet<>();
        judgement.ifPresent(judged -> findings(judged).forEach(finding -> cited.addAll(finding.lines())));
        Rows rows = Rows.of(history, cited, mostRows);
        List<Fault> faults = Fault.of(history);
        List<Stop> stops = Stop.of(history, faults, rows.workers());
        List<Holding> holdings = Holding.of(history, stops);
        List<PlacedFinding> placed = judgement
                .map(judged -> placed(judged, eventsOfLines(history, cited), rows))
                .orElse(List.of());
        return new RunContent(facts, judgement, history, rows, faults, stops, holdings, Overlap.of(holdings), placed);
    }

    static Optional<Judgement> judgement(RunFolder folder) throws IOException {
        return Files.exists(folder.verdict()) ? Optional.of(Judgement.read(folder)) : Optional.empty();
    }

    private static List<Finding> findings(Judgement judgement) {
        return judgement.checks().stream()
                .flatMap(check -> check.findings().stream())
                .toList();
    }

    private static Map<Integer, Event> eventsOfLines(History history, Set<Integer> lines) {
        Map<Integer, Event> byLine = new HashMap<>();
        for (Event event : history.events()) {
            if (lines.contains(event.line())) {
                byLine.put(event.line(), event);
            }
        }
        return byLine;
    }

    private static List<PlacedFinding> placed(Judgement judgement, Map<Integer, Event> byLine, Rows rows) {
        List<PlacedFinding> placed = new ArrayList<>();
        for (Check check : judgement.checks()) {
            for (Finding finding : check.findings()) {
                placed.add(PlacedFinding.of(check.id(), finding, judgement, byLine, rows));
            }
        }
        placed.sort(Comparator.comparing(PlacedFinding::verdict)
                .reversed()
                .thenComparing(one -> one.isPlaced() ? one.from() : Long.MAX_VALUE));
        return placed;
    }

    VerdictWord verdict() {
        return judgement.map(judged -> VerdictWord.of(judged.overall())).orElse(VerdictWord.MISSING);
    }

    /** How many findings there are, of which verdict.json may hold fewer. */
    long found() {
        return judgement.stream()
                .flatMap(judged -> judged.checks().stream())
                .mapToLong(Check::found)
                .sum();
    }

    List<Check> checks() {
        return judgement.map(Judgement::checks).orElse(List.of());
    }
}

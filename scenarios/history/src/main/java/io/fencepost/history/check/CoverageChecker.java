package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import io.fencepost.history.Word;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** K7: every kind of operation that the run was to exercise succeeded at least once, or nothing was shown. */
final class CoverageChecker implements Checker {
    @Override
    public String id() {
        return "K7";
    }

    @Override
    public String title() {
        return "coverage";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Map<String, Integer> succeeded = new TreeMap<>();
        for (String kind : facts.kindsRequired()) {
            succeeded.put(kind, 0);
        }
        for (Event event : history.events()) {
            if (event.isOfWorker() && isSuccess(event)) {
                succeeded.computeIfPresent(event.op(), (op, count) -> count + 1);
            }
        }
        Findings findings = new Findings();
        for (String kind : new TreeSet<>(facts.kindsRequired())) {
            if (succeeded.getOrDefault(kind, 0) == 0) {
                findings.unknown("no %s succeeded".formatted(kind));
            }
        }
        succeeded.forEach(findings::metric);
        return findings.verdict();
    }

    private static boolean isSuccess(Event event) {
        if (event.op().equals(Op.LOST)) {
            return true;
        }
        return event.type() == EventType.OK
                && (!event.op().equals(Op.RELEASE) || event.text(Field.OUTCOME).equals(Word.RELEASED));
    }
}

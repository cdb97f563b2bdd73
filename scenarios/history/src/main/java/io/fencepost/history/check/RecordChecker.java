package io.fencepost.history.check;

import io.fencepost.history.History;
import io.fencepost.history.RunFacts;

/** K0: the record is complete and does not contradict itself, or nothing that is judged from it can be relied on. */
final class RecordChecker implements Checker {
    @Override
    public String id() {
        return "K0";
    }

    @Override
    public String title() {
        return "record";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        for (History.Problem problem : history.problems()) {
            findings.unknown(problem.text(), problem.line());
        }
        if (history.events().isEmpty()) {
            findings.unknown("there is no event at all");
        }
        return findings.verdict();
    }
}

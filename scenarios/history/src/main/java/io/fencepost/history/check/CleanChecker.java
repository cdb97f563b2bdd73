package io.fencepost.history.check;

import io.fencepost.history.Errors;
import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;

/** K9: nothing went wrong in a way that nobody foresaw: no exception, no panic of a server, no operation that ended with an unclassified error. */
final class CleanChecker implements Checker {
    @Override
    public String id() {
        return "K9";
    }

    @Override
    public String title() {
        return "clean";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        for (Event event : history.events()) {
            if (event.op().equals(Op.EXCEPTION)) {
                findings.invalid(
                        "exception in %s: %s".formatted(event.text(Field.IN, event.process()), event.error()),
                        event.line());
            } else if (event.op().equals(Op.SERVER_LOG)) {
                findings.invalid(
                        "log of server %s: %s".formatted(event.text(Field.TARGET, "?"), event.text(Field.LINE, "?")),
                        event.line());
            } else if (event.isOfWorker() && isUnclassified(event, facts)) {
                findings.invalid(
                        "%s %d of %s ended with an unclassified error: %s"
                                .formatted(event.op(), event.id(), event.process(), event.error()),
                        event.line());
            }
        }
        return findings.verdict();
    }

    private static boolean isUnclassified(Event event, RunFacts facts) {
        String error = event.error();
        return !error.isEmpty()
                && !Errors.CLASSIFIED.contains(error)
                && !facts.classifiedErrors().contains(error);
    }
}

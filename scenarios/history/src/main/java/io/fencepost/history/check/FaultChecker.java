package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import io.fencepost.history.RunFacts;

/** K8: every fault, and every end of one, is proved to have taken effect, and there were as many as the run was to have; or nothing was shown. */
final class FaultChecker implements Checker {
    @Override
    public String id() {
        return "K8";
    }

    @Override
    public String title() {
        return "fault proven";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        int proved = 0;
        int faults = 0;
        for (Operation operation : history.operations()) {
            if (!operation.process().equals(Op.NEMESIS)) {
                continue;
            }
            boolean isHeal = operation.op().equals(Op.HEAL);
            faults += isHeal ? 0 : 1;
            if (isProved(operation)) {
                proved += isHeal ? 0 : 1;
            } else {
                findings.unknown(
                        "%s %d at %s is not proved to have taken effect%s"
                                .formatted(
                                        operation.op(),
                                        operation.id(),
                                        Text.at(history, operation.invoked()),
                                        operation.error().isEmpty() ? "" : ": " + operation.error()),
                        operation.invoke().line());
            }
        }
        if (proved < facts.faultsRequired()) {
            findings.unknown("%d of %d required faults are proved".formatted(proved, facts.faultsRequired()));
        }
        findings.metric("faults", faults);
        findings.metric("proved", proved);
        return findings.verdict();
    }

    private static boolean isProved(Operation operation) {
        Event completion = operation.completion();
        return completion != null
                && operation.outcome() == Operation.Outcome.OK
                && !completion.text(Field.PROOF, "").isBlank();
    }
}

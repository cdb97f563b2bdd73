package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import org.junit.jupiter.api.Test;

/** K8: never invalid; what it does not accept is unknown. */
class FaultCheckerTest {
    private final Checks k8 = new Checks(new FaultChecker());
    private final Checks two = new Checks(
            new FaultChecker(), RunFacts.builder().fact("faults_required", 2).build());

    private static Event nemesis(EventType type, String op, long id) {
        return Event.builder(type, op).process(Op.NEMESIS).id(id).at(10).build();
    }

    @Test
    void acceptsARunWithoutFaults() {
        k8.accepts(story -> story.phase("warm-up", 0));
    }

    @Test
    void acceptsAProvedFault() {
        k8.accepts(story -> story.fault(1, "kill-node", "n1", 0));
    }

    @Test
    void acceptsAFaultThatWasHealed() {
        k8.accepts(story -> story.fault(1, "partition", "n1", 0).heal(2, 1, 50));
    }

    @Test
    void acceptsAsManyAsRequired() {
        two.accepts(story -> story.fault(1, "kill-node", "n1", 0).fault(2, "clock", "n2", 20));
    }

    @Test
    void acceptsMoreThanRequired() {
        Verdict verdict = two.of(story ->
                story.fault(1, "kill-node", "n1", 0).fault(2, "clock", "n2", 20).fault(3, "delay", "n2", 40));
        assertThat(verdict.result()).isEqualTo(Result.VALID);
        assertThat(verdict.metrics()).containsEntry("faults", 3).containsEntry("proved", 3);
    }

    @Test
    void cannotTellWithoutProof() {
        k8.cannotTell(story -> story.fault(1, "kill-node", "n1", 0, " "), "kill-node 1 at 0.000000 s is not proved");
    }

    @Test
    void cannotTellIfTheFaultNeverReturned() {
        k8.cannotTell(story -> story.tell(nemesis(EventType.INVOKE, "clock", 1)), "clock 1");
    }

    @Test
    void cannotTellIfTheFaultFailed() {
        k8.cannotTell(
                story -> story.tell(nemesis(EventType.INVOKE, "clock", 1)).tell(nemesis(EventType.FAIL, "clock", 1)),
                "clock 1");
    }

    @Test
    void cannotTellIfTheHealIsNotProved() {
        k8.cannotTell(
                story -> story.fault(1, "partition", "n1", 0)
                        .tell(nemesis(EventType.INVOKE, Op.HEAL, 2))
                        .tell(nemesis(EventType.INFO, Op.HEAL, 2)),
                "heal 2");
    }

    @Test
    void cannotTellWithFewerThanRequired() {
        two.cannotTell(story -> story.fault(1, "kill-node", "n1", 0).heal(2, 1, 20), "1 of 2 required");
    }
}

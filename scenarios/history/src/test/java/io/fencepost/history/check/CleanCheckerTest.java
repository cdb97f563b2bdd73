package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import java.util.List;
import org.junit.jupiter.api.Test;

/** K9. */
class CleanCheckerTest {
    private final Checks k9 = new Checks(new CleanChecker());

    private static Event.Builder runner(String op) {
        return Event.builder(EventType.INFO, op).process(Op.RUNNER).at(10);
    }

    @Test
    void acceptsSuccesses() {
        k9.accepts(story -> story.grant("w1", 1, 0, 10).renewed(20, 25).released(30, 40));
    }

    @Test
    void acceptsContention() {
        k9.accepts(story -> story.refused("w1", "a", "contended", 0, 10));
    }

    @Test
    void acceptsErrorsThatAFaultBringsAbout() {
        k9.accepts(story -> story.refused("w1", "a", "unavailable", 0, 10)
                .unknown("w1", "a", 20, 30)
                .refused("w1", "a", "closed", 40, 50));
    }

    @Test
    void acceptsWhatTheRunClassifies() {
        new Checks(
                        new CleanChecker(),
                        RunFacts.builder()
                                .fact("classified_errors", List.of("no-quorum"))
                                .build())
                .accepts(story -> story.refused("w1", "a", "no-quorum", 0, 10));
    }

    @Test
    void acceptsFaultsThatFail() {
        k9.accepts(story -> story.tell(Event.builder(EventType.INVOKE, "clock")
                        .process(Op.NEMESIS)
                        .id(1)
                        .build())
                .tell(Event.builder(EventType.FAIL, "clock")
                        .process(Op.NEMESIS)
                        .id(1)
                        .with(Field.ERROR, "no compiler")
                        .build()));
    }

    @Test
    void rejectsAnUnclassifiedErrorOfAnAcquire() {
        k9.rejects(story -> story.refused("w1", "a", "java.lang.NullPointerException", 0, 10), 2);
    }

    @Test
    void rejectsAnUnclassifiedErrorOfUnknownOutcome() {
        k9.rejects(
                story -> story.pending("w1", "a", 0)
                        .tell(Event.builder(EventType.INFO, Op.ACQUIRE)
                                .process("w1")
                                .id(1)
                                .at(10)
                                .with(Field.ERROR, "ClassCastException")
                                .build()),
                2);
    }

    @Test
    void rejectsAnException() {
        k9.rejects(
                story -> story.tell(runner(Op.EXCEPTION)
                        .with(Field.ERROR, "IllegalStateException")
                        .with(Field.IN, "w1")
                        .build()),
                1);
    }

    @Test
    void rejectsAnExceptionThatAWorkerReports() {
        k9.rejects(
                story -> story.tell(Event.builder(EventType.INFO, Op.EXCEPTION)
                        .process("w1")
                        .with(Field.ERROR, "IllegalStateException")
                        .build()),
                1);
    }

    @Test
    void rejectsAPanicOfAServer() {
        k9.rejects(
                story -> story.tell(runner(Op.SERVER_LOG)
                        .with(Field.TARGET, "n1")
                        .with(Field.LINE, "FATAL: corrupted")
                        .build()),
                1);
    }
}

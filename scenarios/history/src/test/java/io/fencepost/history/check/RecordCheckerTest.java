package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.Op;
import io.fencepost.history.Story;
import io.fencepost.history.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

/** K0: never invalid; what it does not accept is unknown. */
class RecordCheckerTest {
    private final Checks k0 = new Checks(new RecordChecker());

    private static Event.Builder acquire(EventType type, long id) {
        return Event.builder(type, Op.ACQUIRE).process("w1").id(id);
    }

    @Test
    void acceptsLeasesFromBeginToEnd() {
        k0.accepts(story -> story.grant("w1", 1, 0, 10).renewed(20, 25).lost(30).notHeld(40, 50));
    }

    @Test
    void acceptsOperationsWithoutAnEnd() {
        k0.accepts(story -> {
            story.grant("w1", 1, 0, 10).releasing(20);
            story.pending("w2", "a", 30);
        });
    }

    @Test
    void acceptsTheSameIdsOfDifferentProcesses() {
        k0.accepts(story -> {
            story.grant("w1", 1, 0, 10);
            story.grant("w2", 2, 110, 120);
        });
    }

    @Test
    void acceptsEventsOutOfOrder() {
        k0.accepts(story -> {
            story.grant("w1", 2, 110, 120);
            story.grant("w2", 1, 0, 10);
        });
    }

    @Test
    void acceptsARenewalObservedBeforeTheThreadThatAskedWoke() {
        Story story = new Story();
        story.grant("w1", 1, 0, 60).renewed(40, 45).lost(50);
        assertThat(story.history().problems()).isEmpty();
        Grant grant = story.history().grants().getOrDefault("a", List.of()).get(0);
        assertThat(grant.renewals()).hasSize(1);
        assertThat(grant.loss()).isNotNull();
    }

    @Test
    void acceptsEventsThatNobodyKnows() {
        k0.accepts(story -> story.tell(
                Event.builder(EventType.INFO, "weather").process("w1").build()));
    }

    @Test
    void cannotTellWithoutEvents() {
        k0.cannotTell(story -> {}, "no event");
    }

    @Test
    void cannotTellWithACompletionOfNothing() {
        k0.cannotTell(
                story -> story.tell(acquire(EventType.FAIL, 1)
                        .with(Field.ERROR, "contended")
                        .build()),
                "without having been invoked");
    }

    @Test
    void cannotTellWithTwoInvocations() {
        k0.cannotTell(
                story -> {
                    for (int i = 0; i < 2; i++) {
                        story.tell(acquire(EventType.INVOKE, 1)
                                .with(Field.LOCK, "a")
                                .with(Field.TTL_MS, 1)
                                .build());
                    }
                },
                "invoked twice");
    }

    @Test
    void cannotTellWithARenewalOfNothing() {
        k0.cannotTell(
                story -> story.tell(Event.builder(EventType.OK, Op.RENEWED)
                        .process("w1")
                        .with(Field.GRANT, 9)
                        .with(Field.ATTEMPT, 1)
                        .with(Field.VALID_UNTIL, 2)
                        .build()),
                "not granted before");
    }

    @Test
    void cannotTellWithAReleaseOfNothing() {
        k0.cannotTell(
                story -> story.tell(Event.builder(EventType.INVOKE, Op.RELEASE)
                                .process("w1")
                                .id(1)
                                .with(Field.GRANT, 9)
                                .with(Field.LOCK, "a")
                                .build())
                        .tell(Event.builder(EventType.OK, Op.RELEASE)
                                .process("w1")
                                .id(1)
                                .with(Field.OUTCOME, Word.RELEASED)
                                .build()),
                "not granted before");
    }

    @Test
    void cannotTellWithAnIdThatIsUsedAgain() {
        k0.cannotTell(
                story -> {
                    for (int i = 0; i < 2; i++) {
                        story.tell(acquire(EventType.INVOKE, 1)
                                .at(i * 10L)
                                .with(Field.LOCK, "a")
                                .with(Field.TTL_MS, 1)
                                .build());
                        story.tell(acquire(EventType.OK, 1)
                                .at(i * 10L + 1)
                                .with(Field.LOCK, "a")
                                .with(Field.TOKEN, i + 1)
                                .with(Field.ATTEMPT, i * 10)
                                .with(Field.VALID_UNTIL, i * 10 + 1)
                                .build());
                    }
                },
                "used twice");
    }
}

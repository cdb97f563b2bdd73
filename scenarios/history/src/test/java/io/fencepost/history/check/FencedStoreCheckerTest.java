package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Story;
import io.fencepost.history.Word;
import org.junit.jupiter.api.Test;

/** K5. */
class FencedStoreCheckerTest {
    private final Checks k5 = new Checks(new FencedStoreChecker());

    @Test
    void acceptsWritesOneAfterTheOther() {
        k5.accepts(story -> {
            story.grant("w1", 1, 0, 10).reads(12, 0).writes(15).writes(18).released(20, 30);
            story.grant("w2", 2, 25, 40).reads(42, 2).writes(45);
        });
    }

    @Test
    void acceptsThatAnOldTokenIsRefused() {
        k5.accepts(story -> {
            Story.Held old = story.grant("w1", 1, 0, 10).reads(12, 0);
            story.grant("w2", 2, 90, 110).reads(115, 0).writes(120);
            old.stored(125, 0, 0, Word.REFUSED, 0);
        });
    }

    @Test
    void acceptsAWriteOfAWorkerThatDiedBeforeItsAnswer() {
        k5.accepts(story -> {
            story.grant("w1", 1, 0, 10).stored(15, 0, 1, Word.ACCEPTED, 0);
            story.grant("w2", 2, 110, 120).writes(125);
        });
    }

    @Test
    void acceptsCopiesOfDifferentLocks() {
        k5.accepts(story -> {
            story.grant("w1", "a", 7, 0, 0, 10, 100).writes(15);
            story.grant("w1", "b", 1, 0, 0, 20, 100).writes(25);
        });
    }

    @Test
    void acceptsAndCountsLossesOfTheTwin() {
        Verdict verdict = k5.of(story -> {
            Story.Held old = story.grant("w1", 1, 0, 10).reads(12, 0);
            story.grant("w2", 2, 90, 110).reads(115, 0).writes(120).writes(122);
            old.stored(125, 0, 0, Word.REFUSED, 2);
        });
        assertThat(verdict.result()).isEqualTo(Result.VALID);
        assertThat(verdict.metrics())
                .containsEntry("twin_lost", 2L)
                .containsEntry("refused", 1L)
                .containsEntry("writes_accepted", 2L)
                .containsEntry("reads_accepted", 2L);
    }

    @Test
    void rejectsAnAcceptedTokenThatIsOlder() {
        k5.rejects(
                story -> {
                    Story.Held old = story.grant("w1", 1, 0, 10);
                    story.grant("w2", 2, 90, 110).stored(120, 0, 1, Word.ACCEPTED, 0);
                    old.stored(125, 1, 2, Word.ACCEPTED, 0);
                },
                5,
                6);
    }

    @Test
    void rejectsAnOlderTokenAfterARead() {
        k5.rejects(
                story -> {
                    Story.Held old = story.grant("w1", 1, 0, 10);
                    story.grant("w2", 2, 90, 110).reads(120, 0);
                    old.stored(125, 0, 1, Word.ACCEPTED, 0);
                },
                5,
                8);
    }

    @Test
    void rejectsALostUpdate() {
        k5.rejects(
                story -> {
                    story.grant("w1", 1, 0, 10).stored(15, 0, 1, Word.ACCEPTED, 0);
                    story.grant("w2", 2, 110, 120).stored(125, 0, 1, Word.ACCEPTED, 0);
                },
                3,
                6);
    }

    @Test
    void rejectsAFirstWriteThatIsNotMadeFromNothing() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).stored(15, 3, 4, Word.ACCEPTED, 0), 3);
    }

    @Test
    void rejectsAnUpdateThatIsNotOne() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).stored(15, 0, 2, Word.ACCEPTED, 0), 3);
    }

    @Test
    void rejectsAReadOfAnotherValue() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).writes(15).reads(20, 0), 6);
    }

    @Test
    void rejectsAnAcknowledgedWriteThatTheStoreDoesNotHave() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).acknowledged(15, 1), 3, 4);
    }

    @Test
    void rejectsAnAcknowledgedWriteThatIsAnothers() {
        k5.rejects(
                story -> {
                    Story.Held w1 = story.grant("w1", 1, 0, 10);
                    story.grant("w2", 2, 110, 120).stored(125, 0, 1, Word.ACCEPTED, 0);
                    w1.acknowledged(125, 1);
                },
                6,
                7);
    }

    @Test
    void rejectsAWriteThatTheStoreHasOnlyAfterItWasAcknowledged() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).writes(15, 0, 1, 20), 4, 3, 5);
    }

    @Test
    void rejectsATokenThatIsNotTheGrants() {
        k5.rejects(story -> story.grant("w1", 1, 0, 10).stored(15, 2, 0, 1, Word.ACCEPTED, 0), 2, 3);
    }

    @Test
    void cannotTellWhenTheStoreRefusesTheNewestToken() {
        k5.cannotTell(
                story -> story.grant("w1", 1, 0, 10).writes(15).stored(20, 1, 1, Word.REFUSED, 0), "refused token 1");
    }

    /** The second update overwrites the first, of which its writer was told all the same. */
    @Test
    void blamesOnlyTheLostUpdateWhereTwoWritesMadeTheSameValue() {
        Verdict verdict = k5.of(story -> {
            Story.Held w1 = story.grant("w1", 7, 0, 10);
            Story.Held w2 = story.grant("w2", 7, 0, 12);
            w1.writes(20, 0, 1, 20);
            w2.writes(30, 0, 1, 30);
        });
        assertThat(verdict.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("an update is lost"))
                .extracting(Finding::kind)
                .isEqualTo(Finding.Kind.TOKEN_REGRESSION);
    }

    @Test
    void tellsWritesOfTheSameGrantAndValueApartByTheirTime() {
        Verdict verdict =
                k5.of(story -> story.grant("w1", 7, 0, 10).writes(20, 0, 1, 20).writes(30, 0, 1, 30));
        assertThat(verdict.findings())
                .extracting(Finding::kind)
                .as("both acknowledgements have a write of their own")
                .containsExactly(Finding.Kind.TOKEN_REGRESSION);
    }

    @Test
    void rejectsAnAcknowledgementWithoutAWriteAmongWritesOfTheSameValue() {
        Verdict verdict = k5.of(story -> {
            Story.Held w1 = story.grant("w1", 7, 0, 10);
            Story.Held w2 = story.grant("w2", 7, 0, 12);
            w1.writes(20, 0, 1, 20);
            w2.writes(30, 0, 1, 30);
            story.grant("w3", 7, 0, 14).acknowledged(35, 1);
        });
        assertThat(verdict.findings())
                .filteredOn(finding -> finding.kind() == Finding.Kind.OTHER)
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).contains("w3", "does not have from it"));
    }
}

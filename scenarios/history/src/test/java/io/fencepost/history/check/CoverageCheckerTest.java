package io.fencepost.history.check;

import io.fencepost.history.RunFacts;
import io.fencepost.history.Word;
import java.util.List;
import org.junit.jupiter.api.Test;

/** K7: never invalid; what it does not accept is unknown. */
class CoverageCheckerTest {
    private final Checks k7 = new Checks(new CoverageChecker());

    private static Checks requiring(String... kinds) {
        return new Checks(
                new CoverageChecker(),
                RunFacts.builder().kindsRequired(List.of(kinds)).build());
    }

    @Test
    void acceptsOneOfEachKind() {
        k7.accepts(story -> story.grant("w1", 1, 0, 10)
                .reads(15, 0)
                .writes(20)
                .renewed(30, 35)
                .released(40, 45));
    }

    @Test
    void acceptsWhatIsNotRequired() {
        requiring("acquire").accepts(story -> story.grant("w1", 1, 0, 10));
    }

    @Test
    void acceptsThatNothingIsRequired() {
        requiring().accepts(story -> story.pending("w1", "a", 0));
    }

    @Test
    void acceptsALossWhereThatIsRequired() {
        requiring("acquire", "lost")
                .accepts(story -> story.grant("w1", 1, 0, 10).lost(100));
    }

    @Test
    void acceptsOneSuccessAmongFailures() {
        requiring("acquire").accepts(story -> {
            story.refused("w1", "a", "contended", 0, 10);
            story.grant("w1", 1, 20, 30);
        });
    }

    @Test
    void cannotTellWithoutAnAcquireThatSucceeded() {
        requiring("acquire").cannotTell(story -> story.refused("w1", "a", "contended", 0, 10), "no acquire succeeded");
    }

    @Test
    void cannotTellWithoutARenewal() {
        k7.cannotTell(
                story -> story.grant("w1", 1, 0, 10).reads(15, 0).writes(20).released(40, 45), "no renewed succeeded");
    }

    @Test
    void cannotTellByAReleaseThatFoundNothing() {
        requiring("release").cannotTell(story -> story.grant("w1", 1, 0, 10).notHeld(140, 145), "no release");
    }

    @Test
    void cannotTellByAReleaseOfWhichNobodyKnows() {
        requiring("release").cannotTell(story -> story.grant("w1", 1, 0, 10).releasedPerhaps(40, 45), "no release");
    }

    @Test
    void cannotTellByAWriteThatTheStoreAloneSaw() {
        requiring("write")
                .cannotTell(story -> story.grant("w1", 1, 0, 10).stored(15, 0, 1, Word.ACCEPTED, 0), "no write");
    }
}

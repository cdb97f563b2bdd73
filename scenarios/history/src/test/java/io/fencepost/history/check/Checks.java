package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.RunFacts;
import io.fencepost.history.Story;
import java.util.function.Consumer;

/** Runs one checker on a history made by hand. */
record Checks(Checker checker, RunFacts facts) {
    Checks(Checker checker) {
        this(checker, RunFacts.builder().build());
    }

    Verdict of(Consumer<Story> telling) {
        Story story = new Story();
        telling.accept(story);
        return checker.check(story.history(), facts);
    }

    void accepts(Consumer<Story> telling) {
        Verdict verdict = of(telling);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.result()).isEqualTo(Result.VALID);
    }

    /** @param lines of the events that the first finding names */
    void rejects(Consumer<Story> telling, Integer... lines) {
        Verdict verdict = of(telling);
        assertThat(verdict.result()).isEqualTo(Result.INVALID);
        assertThat(verdict.findings().get(0).lines()).containsExactly(lines);
    }

    /** @param text that the first finding says */
    void cannotTell(Consumer<Story> telling, String text) {
        Verdict verdict = of(telling);
        assertThat(verdict.result()).isEqualTo(Result.UNKNOWN);
        assertThat(verdict.findings().get(0).message()).contains(text);
    }
}

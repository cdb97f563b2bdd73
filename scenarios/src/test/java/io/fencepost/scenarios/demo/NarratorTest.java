package io.fencepost.scenarios.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NarratorTest {
    private static final String ESCAPE = "\u001b";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, UTF_8);

    private String printed() {
        return bytes.toString(UTF_8);
    }

    @Test
    void withoutATerminalThereAreNoEscapes() {
        Narrator narrator = new Narrator(out, false);

        narrator.title("Title");
        narrator.step(3, 14, "A step");
        narrator.say("said");
        narrator.seen("seen");
        narrator.notSeen("missing");

        assertThat(printed())
                .contains("Title", "[ 3/14] A step", "said", "seen", "NOT SEEN: missing")
                .doesNotContain(ESCAPE);
    }

    @Test
    void onATerminalThereAreColours() {
        Narrator narrator = new Narrator(out, true);

        narrator.seen("seen");

        assertThat(printed()).contains(ESCAPE + "[32mseen");
    }

    @Test
    void whoIsSilencedPrintsTheLastLineAlone() {
        Narrator narrator = new Narrator(out, false);

        narrator.silence();
        narrator.notSeen("a consequence");
        narrator.waiting(() -> "for nothing");
        narrator.last("the end");

        assertThat(printed().strip()).isEqualTo("the end");
    }

    @Test
    void howItStandsIsNotAskedMoreOftenThanItIsTold() {
        Narrator narrator = new Narrator(out, false);
        narrator.step(1, 1, "A step");

        narrator.waiting(() -> {
            throw new AssertionError("asked at once");
        });

        assertThat(printed()).doesNotContain("...");
    }

    @Test
    void durationsAreSeconds() {
        assertThat(Narrator.seconds(Duration.ofMillis(1_234))).isEqualTo("1.2 s");
    }
}

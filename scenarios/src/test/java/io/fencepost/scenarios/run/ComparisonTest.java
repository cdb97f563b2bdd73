package io.fencepost.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void scenariosAreToldApart() {
        assertThat(Scenarios.ALL).extracting(Scenario::id).doesNotHaveDuplicates();
        assertThat(Comparison.steps(3)).isEqualTo(24);
    }

    @Test
    void aQuickRunOverThreeProvidersIsPlannedWithinTwelveMinutes() {
        assertThat(Comparison.estimate(3, Profile.QUICK)).isBetween(Duration.ofMinutes(5), Duration.ofMinutes(12));
        assertThat(Comparison.estimate(3, Profile.FULL)).isGreaterThan(Duration.ofMinutes(30));
    }

    @Test
    void progressElsewhereThanOnATerminalIsPlainLines() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Progress progress =
                new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, 2, Duration.ofSeconds(75))) {
            progress.begin("redlock handoff", Duration.ofSeconds(13));
            progress.end("done");
            progress.say("so");
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "[1/2] redlock handoff, about 13 s; run 0:00 of about 1:15",
                        "[1/2] redlock handoff done after 0 s",
                        "so");
    }

    @Test
    void progressOnATerminalOverwritesItsLine() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Progress progress =
                new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), true, 2, Duration.ofSeconds(75))) {
            progress.begin("redlock handoff", Duration.ofSeconds(13));
            progress.end("done");
        }

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("\r\u001b[K[1/2] redlock handoff 0:00 of about 0:13; run 0:00 of about 1:15")
                .endsWith("\r\u001b[K[1/2] redlock handoff done after 0 s" + System.lineSeparator());
    }
}

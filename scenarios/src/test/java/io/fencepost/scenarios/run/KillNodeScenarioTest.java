package io.fencepost.scenarios.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KillNodeScenarioTest {
    @Test
    void theLongestGapMayBeginBeforeTheWindow() {
        assertThat(KillNodeScenario.longestGap(new long[] {10, 90, 190, 200, 210}, 100, 300))
                .isEqualTo(100);
    }

    @Test
    void theLongestGapMayBeThatToTheEnd() {
        assertThat(KillNodeScenario.longestGap(new long[] {10, 90, 110, 120}, 100, 300))
                .isEqualTo(180);
    }

    @Test
    void gapsOutsideOfTheWindowDoNotCount() {
        assertThat(KillNodeScenario.longestGap(new long[] {10, 90, 110, 150, 200, 250, 290, 900}, 100, 300))
                .isEqualTo(50);
    }

    @Test
    void withoutAnyGrantTheWholeWindowIsAGap() {
        assertThat(KillNodeScenario.longestGap(new long[] {}, 100, 300)).isEqualTo(200);
    }
}

package io.fencepost.scenarios.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SaturationTest {
    private final Saturation saturation = new Saturation(0.95, 500);

    @Test
    void aPlanThatIsFulfilledIsNotSaturated() {
        assertThat(saturation.reason(Steps.step(1_000, 0, 20))).isEmpty();
        assertThat(saturation.reason(Steps.step(950, 50, 500))).isEmpty();
    }

    @Test
    void aPlanThatIsNotFulfilledInItsTimeIs() {
        assertThat(saturation.reason(Steps.step(949, 0, 20))).isEqualTo("94.9 % of the plan were granted in its time");
    }

    @Test
    void aBacklogIs() {
        assertThat(saturation.reason(Steps.step(950, 51, 20))).isEqualTo("51 operations had not begun at the end");
    }

    @Test
    void aLongTailIs() {
        assertThat(saturation.reason(Steps.step(1_000, 0, 501))).isEqualTo("p99 is 501 ms, above 500 ms");
    }

    @Test
    void aRuleThatCannotHoldIsRefused() {
        assertThatThrownBy(() -> new Saturation(1.1, 500)).hasMessage("a share is above 0 and at most 1, not 1.1");
        assertThatThrownBy(() -> new Saturation(0.9, 0)).hasMessage("a bound is above 0 ms, not 0.0");
    }
}

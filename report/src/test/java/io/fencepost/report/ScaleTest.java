package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {
    @ParameterizedTest
    @CsvSource({"0.13,850", "1,1", "2,2", "3,4", "100,1000", "0.00012,0.00013", "999,1001"})
    void aLogarithmicScaleCoversItsValuesTightly(double min, double max) {
        Scale scale = Scale.logarithmic(List.of(min, max));

        assertThat(scale.low()).isPositive().isLessThanOrEqualTo(min).isGreaterThan(min / 3);
        assertThat(scale.high()).isGreaterThanOrEqualTo(max).isLessThan(Math.max(max, min * 1.1) * 3);
        assertThat(scale.position(scale.low())).isZero();
        assertThat(scale.position(scale.high())).isEqualTo(1);
        assertThat(scale.ticks()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(scale.ticks()).filteredOn(tick -> !tick.label().isEmpty()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.9,2.1", "1,1", "0,0", "-3,4", "0.9,250", "1e6,1.000001e6"})
    void aLinearScaleCoversItsValuesWithFewTicks(double min, double max) {
        Scale scale = Scale.linear(List.of(min, max));

        assertThat(scale.low()).isLessThanOrEqualTo(min);
        assertThat(scale.high()).isGreaterThanOrEqualTo(max).isGreaterThan(scale.low());
        assertThat(scale.ticks()).hasSizeBetween(2, 13);
    }

    @Test
    void withoutValuesThereIsStillAScale() {
        assertThat(Scale.logarithmic(List.of()).position(5)).isBetween(0.0, 1.0);
        assertThat(Scale.linear(List.of()).position(0.5)).isBetween(0.0, 1.0);
    }

    @Test
    void equalFactorsAreEqualSteps() {
        Scale scale = Scale.logarithmic(List.of(1.0, 100.0));

        assertThat(scale.position(10)).isEqualTo(0.5);
        assertThat(scale.position(1000)).as("moved to the end").isEqualTo(1);
    }
}

package io.fencepost.scenarios.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SteadinessTest {
    private static List<Boolean> told(double... rates) {
        Steadiness steadiness = new Steadiness();
        return DoubleStream.of(rates).mapToObj(steadiness::isReachedWith).toList();
    }

    @Test
    void ratesThatGrowAreNotSteady() {
        assertThat(told(20, 30, 45, 60, 80)).containsOnly(false);
    }

    @Test
    void twoThatAreHardlyFasterAre() {
        assertThat(told(20, 60, 62, 65)).containsExactly(false, false, false, true);
    }

    @Test
    void aSlowOneAloneIsNot() {
        assertThat(told(20, 10, 40, 41, 42)).containsExactly(false, false, false, false, true);
    }

    @Test
    void theBestOneIsRememberedOverSlowOnes() {
        assertThat(told(100, 50, 90)).containsExactly(false, false, true);
    }
}

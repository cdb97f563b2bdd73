package io.fencepost.scenarios.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class LadderTest {
    /** The rates that are tried if everything above {@code limit} saturates. */
    private static List<Double> climb(Ladder ladder, double limit) {
        List<Double> rates = new ArrayList<>();
        for (OptionalDouble rate = ladder.next(); rate.isPresent(); rate = ladder.next()) {
            rates.add(rate.getAsDouble());
            ladder.tried(rate.getAsDouble() > limit);
        }
        return rates;
    }

    @Test
    void risesUntilSaturationAndTriesOnceBetween() {
        List<Double> rates = climb(new Ladder(100, 2, 10), 500);

        assertThat(rates).startsWith(100.0, 200.0, 400.0, 800.0).hasSize(5);
        assertThat(rates.get(4)).isCloseTo(400 * Math.sqrt(2), within(1e-9));
    }

    @Test
    void goesDownIfTheFirstSaturates() {
        assertThat(climb(new Ladder(100, 2, 10), 30)).containsExactly(100.0, 50.0, 25.0);
        assertThat(climb(new Ladder(100, 2, 3), 0)).containsExactly(100.0, 50.0, 25.0);
    }

    @Test
    void endsAfterTheMostSteps() {
        assertThat(climb(new Ladder(1, 10, 3), 1e9)).containsExactly(1.0, 10.0, 100.0);
    }

    @Test
    void refinesAlsoWhenTheLastStepSaturates() {
        assertThat(climb(new Ladder(1, 10, 3), 50)).hasSize(4);
    }

    @Test
    void aLadderThatDoesNotRiseIsRefused() {
        assertThatThrownBy(() -> new Ladder(1, 1, 3)).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.fencepost.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LockChoiceTest {
    private static final int DRAWS = 100_000;

    private static int[] counts(String distribution, int locks) {
        LockChoice choice = LockChoice.of(distribution, locks, 1);
        int[] counts = new int[locks];
        IntStream.range(0, DRAWS).forEach(i -> counts[choice.next()]++);
        return counts;
    }

    @Test
    void uniformChoosesAllAlike() {
        for (int count : counts("uniform", 10)) {
            assertThat(count).isBetween(DRAWS / 10 - 600, DRAWS / 10 + 600);
        }
    }

    @Test
    void zipfChoosesInProportionToTheInverseOfTheRank() {
        int[] counts = counts("zipf", 1000);
        // the harmonic number of 1000 is 7.485
        assertThat(counts[0]).isBetween((int) (DRAWS / 7.485 * 0.95), (int) (DRAWS / 7.485 * 1.05));
        assertThat((double) counts[0] / counts[9]).isBetween(8.5, 11.5);
    }

    @Test
    void anotherDistributionIsRefused() {
        assertThatThrownBy(() -> LockChoice.of("normal", 10, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("distribution = 'normal', allowed is uniform or zipf");
    }
}

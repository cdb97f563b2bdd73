package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalsTest {
    private static final Duration LENGTH = Duration.ofSeconds(100);

    @Test
    void constantArrivalsAreAtEqualDistances() {
        assertThat(Arrivals.CONSTANT.offsets(4, Duration.ofSeconds(1), 7))
                .containsExactly(125_000_000, 375_000_000, 625_000_000, 875_000_000);
    }

    @Test
    void poissonArrivalsHaveTheRateAndManyShortDistances() {
        long[] plan = Arrivals.POISSON.offsets(100, LENGTH, 7);
        long[] gaps = IntStream.range(1, plan.length)
                .mapToLong(i -> plan[i] - plan[i - 1])
                .toArray();

        // five standard deviations of a Poisson distribution with mean 10,000
        assertThat(plan).hasSizeBetween(9_500, 10_500);
        // of an exponential distribution 1 - 1/e are shorter than its mean, and 1/e² longer than twice that
        assertThat(share(gaps, 0, 10_000_000)).isBetween(0.60, 0.66);
        assertThat(share(gaps, 20_000_000, Long.MAX_VALUE)).isBetween(0.12, 0.15);
    }

    private static double share(long[] gaps, long from, long to) {
        return Arrays.stream(gaps).filter(gap -> gap >= from && gap < to).count() / (double) gaps.length;
    }

    @ParameterizedTest
    @EnumSource
    void aPlanIsAscendingWithinItsLengthAndRepeatable(Arrivals kind) {
        long[] plan = kind.offsets(50, LENGTH, 3);

        assertThat(plan).isSorted().isEqualTo(kind.offsets(50, LENGTH, 3));
        assertThat(plan[0]).isNotNegative();
        assertThat(plan[plan.length - 1]).isLessThan(LENGTH.toNanos());
    }

    @Test
    void anotherSeedIsAnotherPlan() {
        assertThat(Arrivals.POISSON.offsets(50, LENGTH, 3)).isNotEqualTo(Arrivals.POISSON.offsets(50, LENGTH, 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void theSharesTogetherAreThePlan(int shares) {
        long[] plan = Arrivals.POISSON.offsets(10, LENGTH, 1);

        long[] together = IntStream.range(0, shares)
                .mapToObj(share -> Arrivals.share(plan, share, shares))
                .flatMapToLong(Arrays::stream)
                .sorted()
                .toArray();

        assertThat(together).isEqualTo(plan);
    }

    @Test
    void aShareOfAPlanThatIsTooShortIsEmpty() {
        assertThat(Arrivals.share(new long[] {5}, 3, 4)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, 1e10})
    void aRateThatIsNoneIsRefused(double rate) {
        assertThatThrownBy(() -> Arrivals.CONSTANT.offsets(rate, LENGTH, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + rate);
    }
}

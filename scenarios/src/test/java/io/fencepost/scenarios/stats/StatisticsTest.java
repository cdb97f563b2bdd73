package io.fencepost.scenarios.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void percentilesOfMergedPartsAreThoseOfAllSamples() {
        Latencies fast = new Latencies();
        LongStream.rangeClosed(1, 99).map(TimeUnit.MILLISECONDS::toNanos).forEach(fast::record);
        Latencies slow = new Latencies();
        slow.record(TimeUnit.SECONDS.toNanos(10));

        Latencies all = Latencies.merged(List.of(fast, slow));

        assertThat(all.count()).isEqualTo(100);
        assertThat(all.percentile(50, TimeUnit.MILLISECONDS)).isCloseTo(50, within(0.05));
        assertThat(all.percentile(99, TimeUnit.MILLISECONDS)).isCloseTo(99, within(0.1));
        assertThat(all.percentile(100, TimeUnit.MILLISECONDS)).isCloseTo(10_000, within(10.0));
        assertThat(fast.count()).isEqualTo(99);
    }

    @Test
    void percentilesKeepFractionsOfTheUnit() {
        Latencies latencies = new Latencies();
        latencies.record(1_500);

        assertThat(latencies.percentile(50, TimeUnit.MICROSECONDS)).isCloseTo(1.5, within(0.002));
    }

    @Test
    void thereIsNoPercentileOfNothing() {
        assertThatThrownBy(() -> new Latencies().percentile(50, TimeUnit.MILLISECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no latency was recorded");
    }

    @Test
    void medianTakesTheMiddle() {
        assertThat(Interval.median(List.of(3.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Interval.median(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(2.5);
        assertThatThrownBy(() -> Interval.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rangeGoesFromLeastToGreatest() {
        assertThat(Interval.range(List.of(3.0, 1.0, 2.0))).isEqualTo(new Interval(1, 3));
        assertThatThrownBy(() -> Interval.range(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Interval(2, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Interval(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bootstrapOfEqualBlocksIsAPoint() {
        assertThat(Bootstrap.interval(Collections.nCopies(10, 7.0), Interval::median, new SplittableRandom(1)))
                .isEqualTo(new Interval(7, 7));
    }

    @Test
    void bootstrapRepeatsWithItsSeed() {
        List<Double> blocks = List.of(1.0, 2.0, 3.0, 5.0, 8.0, 13.0);

        assertThat(Bootstrap.interval(blocks, Interval::median, new SplittableRandom(1)))
                .isEqualTo(Bootstrap.interval(blocks, Interval::median, new SplittableRandom(1)));
    }

    /** Of 200 samples of a normal distribution the 95 percent interval of the mean should hold the true mean 190 times. */
    @Test
    void bootstrapIntervalsCoverTheTruthAboutAsOftenAsTheySay() {
        Random samples = new Random(42);
        int covered = 0;
        for (int i = 0; i < 200; i++) {
            List<Double> blocks = new ArrayList<>();
            for (int b = 0; b < 40; b++) {
                blocks.add(100 + 10 * samples.nextGaussian());
            }
            Interval interval = Bootstrap.interval(
                    blocks,
                    some -> some.stream()
                            .mapToDouble(Double::doubleValue)
                            .average()
                            .orElseThrow(),
                    new SplittableRandom(i));
            if (interval.low() <= 100 && 100 <= interval.high()) {
                covered++;
            }
        }
        assertThat(covered).isBetween(178, 198);
    }

    @Test
    void thereIsNoBootstrapOfNothing() {
        assertThatThrownBy(() -> Bootstrap.interval(List.<Double>of(), Interval::median, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fairnessIsOneForEqualSharesAndOneOverNForOneWinner() {
        assertThat(Fairness.jain(List.of(5L, 5L, 5L, 5L))).isEqualTo(1);
        assertThat(Fairness.jain(List.of(20L, 0L, 0L, 0L))).isEqualTo(0.25);
        assertThat(Fairness.jain(List.of(1L, 2L, 3L))).isCloseTo(36.0 / 42, within(1e-12));
        assertThatThrownBy(() -> Fairness.jain(List.of(0L, 0L)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nothing was shared among 2");
    }
}

package io.fencepost.scenarios.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PairedTest {
    @Test
    void roundsArePairedByTheirNumberAndThoseOfOneAloneAreLeftOut() {
        Paired paired = Paired.of(Map.of(1, 2.0, 2, 6.0, 3, 40.0, 5, 1.0), Map.of(3, 10.0, 2, 2.0, 1, 1.0, 4, 9.0))
                .orElseThrow();

        assertThat(paired.ratios()).containsExactly(2.0, 3.0, 4.0);
        assertThat(paired.ratio().value()).isEqualTo(3);
        assertThat(paired.ratio().n()).isEqualTo(3);
        assertThat(Paired.of(Map.of(1, 1.0), Map.of(2, 1.0))).isEmpty();
        assertThatThrownBy(() -> new Paired(List.of(1.0), List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    /** The machine was ten times slower in some rounds: the medians of both are worthless, and their ratio is not. */
    @Test
    void whatSlowsBothDownDoesNotMoveTheRatio() {
        Paired paired = new Paired(List.of(1.1, 11.1, 1.09, 10.9, 1.12), List.of(1.0, 10.0, 1.0, 10.0, 1.0));

        assertThat(paired.ratio().value()).isEqualTo(1.1, within(1e-9));
        Interval interval = paired.ratio().interval().orElseThrow();
        assertThat(interval.low()).isEqualTo(1.09, within(1e-9));
        assertThat(interval.high()).isEqualTo(1.12, within(1e-9));
    }

    @Test
    void theIntervalOfFiveRoundsIsTheirRange() {
        assertThat(Estimate.ofRounds(List.of(3.0, 1.0, 5.0, 2.0, 4.0)))
                .isEqualTo(new Estimate(3, Optional.of(new Interval(1, 5)), 5));
    }

    /** Of eleven drawn, six are the two least with probability 0.7 percent, and the three least with 5.1: the third is where 2.5 percent lie. */
    @Test
    void moreRoundsNarrowTheIntervalBelowTheirRange() {
        List<Double> rounds =
                IntStream.rangeClosed(1, 11).mapToObj(i -> (double) i).toList();

        assertThat(Estimate.ofRounds(rounds).interval()).contains(new Interval(3, 9));
    }

    @Test
    void oneRoundHasNoInterval() {
        assertThat(Estimate.ofRounds(List.of(7.0))).isEqualTo(new Estimate(7, Optional.empty(), 1));
        assertThatThrownBy(() -> Estimate.ofRounds(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    /** What the interval of five rounds holds is 1 − 2 · 2⁻⁵ = 93.75 percent, not 95. */
    @Test
    void fiveRoundsCoverTheTruthAsOftenAsDocumented() {
        Random random = new Random(7);
        int covered = 0;
        for (int i = 0; i < 1_000; i++) {
            List<Double> rounds = new ArrayList<>();
            for (int r = 0; r < 5; r++) {
                rounds.add(random.nextGaussian());
            }
            Interval interval = Interval.range(rounds);
            if (interval.low() <= 0 && 0 <= interval.high()) {
                covered++;
            }
        }
        assertThat(covered).isBetween(910, 960);
    }

    @Test
    void anIntervalNeedsResamplesEnough() {
        assertThatThrownBy(() -> Bootstrap.interval(List.of(1.0, 2.0), Interval::median, 100, new SplittableRandom(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("at least 1000 resamples, not 100");
    }

    /** By hand: of nine pairs 3 > 2 is the only one in favour, two are ties, six are against. */
    @Test
    void cliffsDeltaCountsPairs() {
        List<Double> a = List.of(1.0, 2.0, 3.0);
        List<Double> b = List.of(2.0, 3.0, 4.0);

        assertThat(EffectSize.cliffsDelta(a, b)).isEqualTo(-5.0 / 9, within(1e-12));
        assertThat(EffectSize.varghaDelaney(a, b)).isEqualTo(2.0 / 9, within(1e-12));
        assertThat(EffectSize.cliffsDelta(b, a)).isEqualTo(5.0 / 9, within(1e-12));
        assertThat(EffectSize.cliffsDelta(List.of(5.0, 6.0), List.of(1.0, 2.0, 3.0)))
                .isEqualTo(1);
        assertThat(EffectSize.cliffsDelta(a, a)).isZero();
    }

    /** C. Darwin's fifteen pairs of maize, differences in eighths of an inch: W+ = 96, p = 0.04126. */
    @Test
    void wilcoxonAgreesWithDarwinsMaize() {
        assertThat(Significance.ofRatios(ratios(49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48)))
                .isEqualTo(0.04126, within(5e-6));
    }

    /** M. Hollander and D. Wolfe, Nonparametric Statistical Methods, 1973, page 29: nine patients, V = 40, one-sided p = 0.01953. */
    @Test
    void wilcoxonAgreesWithHollanderAndWolfe() {
        assertThat(Significance.ofRatios(ratios(0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01)))
                .isEqualTo(2 * 0.01953125, within(1e-9));
    }

    @Test
    void fiveRoundsThatAllAgreeShowNoMoreThanOneIn16() {
        assertThat(Significance.ofRatios(ratios(1, 2, 3, 4, 5))).isEqualTo(0.0625);
        assertThat(Significance.leastP(5)).isEqualTo(0.0625);
        assertThat(Significance.ofRatios(List.of(2.0))).isEqualTo(1);
    }

    /** Ties make the library take the normal approximation, which says 0.04 of five rounds. */
    @Test
    void tiesDoNotMakeFiveRoundsShowMoreThanTheyCan() {
        assertThat(Significance.ofRatios(Collections.nCopies(5, 1.25))).isGreaterThanOrEqualTo(0.0625);
        assertThat(Significance.ofRatios(Collections.nCopies(5, 1.0))).isEqualTo(1);
    }

    @Test
    void severalTestsNeedMoreRounds() {
        assertThat(Significance.roundsFor(0.05, 1)).isEqualTo(6);
        assertThat(Significance.roundsFor(0.05, 30)).isEqualTo(11);
        assertThatThrownBy(() -> Significance.leastP(0)).isInstanceOf(IllegalArgumentException.class);
    }

    /** As R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") has it. */
    @Test
    void holmStepsDownAndNeverBack() {
        List<Double> corrected = Significance.holm(List.of(0.01, 0.04, 0.03, 0.005));

        assertThat(corrected.get(0)).isEqualTo(0.03, within(1e-12));
        assertThat(corrected.get(1)).isEqualTo(0.06, within(1e-12));
        assertThat(corrected.get(2)).isEqualTo(0.06, within(1e-12));
        assertThat(corrected.get(3)).isEqualTo(0.02, within(1e-12));
        assertThat(Significance.holm(List.of(0.6, 0.7))).containsExactly(1.0, 1.0);
        assertThat(Significance.holm(List.of())).isEmpty();
    }

    private static List<Double> ratios(double... logarithms) {
        List<Double> ratios = new ArrayList<>();
        for (double logarithm : logarithms) {
            ratios.add(Math.exp(logarithm / 100));
        }
        return ratios;
    }
}

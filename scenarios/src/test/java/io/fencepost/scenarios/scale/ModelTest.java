package io.fencepost.scenarios.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The model where the answer is known without it. */
class ModelTest {
    private static final double SECONDS = 30;
    /** One trip a round, 100 µs of work and 900 µs beside it. */
    private static final Costs WAKING = new Costs(1, 1, 1, 100, 20, 900, 2, true);

    private static final Costs SILENT = new Costs(1, 1, 1, 100, 20, 900, 2, false);

    private static Figures run(Costs costs, Load load) {
        return Model.run(costs, load, SECONDS, 7);
    }

    @Test
    void aLoneThreadTakesTwoRoundsACycle() {
        Figures figures = run(WAKING, Load.of(1, 1, 1));
        assertThat(figures.rounds()).isCloseTo(2, within(0.01));
        assertThat(figures.grants()).isCloseTo(1_000 / 2.0, within(25.0));
        assertThat(figures.waitP50()).isCloseTo(1, within(0.1));
    }

    @Test
    void aTripIsPaidOnceARound() {
        Figures figures = run(WAKING, Load.of(1, 1, 1).withRtt(9_000));
        assertThat(figures.grants()).isCloseTo(1_000 / 20.0, within(2.0));
    }

    @Test
    void manyThreadsOfOneClientTakeLittleMoreThanOneRoundACycle() {
        Figures figures = run(WAKING, Load.of(1, 64, 1));
        assertThat(figures.rounds()).isBetween(1.0, 1.05);
        // 32 rounds of a streak, a release, and a pause of four rounds
        assertThat(figures.grants()).isCloseTo(1_000 * 32 / 37.0, within(40.0));
    }

    @Test
    void noMoreIsDoneThanTheServersCan() {
        Figures figures = run(WAKING, Load.of(32, 32, 4_096));
        assertThat(figures.utilisation()).isGreaterThan(0.98);
        // two rounds a grant, two workers, 100 µs
        assertThat(figures.grants()).isCloseTo(10_000, within(1_500.0));
    }

    @Test
    void whoIsNotWokenLooksAndDoesNotTryInVain() {
        assertThat(run(SILENT, Load.of(32, 1, 1)).rounds())
                .isLessThan(run(WAKING, Load.of(32, 1, 1)).rounds() / 2);
    }

    @Test
    void roundsAGrantGrowWithTheClientsThatAreWokenForOneLock() {
        assertThat(run(WAKING, Load.of(32, 1, 1)).rounds())
                .isGreaterThan(2 * run(WAKING, Load.of(8, 1, 1)).rounds());
    }

    @Test
    void theSameSeedGivesTheSame() {
        Load load = Load.of(4, 8, 3);
        assertThat(run(SILENT, load)).isEqualTo(run(SILENT, load));
    }

    @Test
    void fittedCostsGiveBackWhatTheyWereFittedTo() {
        Costs fitted = new Costs(1, 1, 1, 100, 20, 0, 2, true).fitted(2_000, 4_000);
        assertThat(fitted.demand()).isCloseTo(500, within(1e-9));
        assertThat(fitted.lookDemand()).isCloseTo(100, within(1e-9));
        assertThat(fitted.latency()).isCloseTo(1_500, within(1e-9));
        Figures lone = run(fitted, Load.of(1, 1, 1));
        assertThat(lone.grants()).isCloseTo(250, within(15.0));
        Figures saturated = run(fitted, Load.of(4, 32, 1_024));
        assertThat(saturated.grants() * saturated.rounds()).isCloseTo(4_000, within(150.0));
    }
}

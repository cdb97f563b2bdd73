package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreakTest {
    private final Streak streak = new Streak(false);
    private final Streak withWakeUps = new Streak(true);
    /** Near the overflow, where comparisons of instants go wrong first. */
    private long now = Long.MAX_VALUE - 10;

    private int grantsInAStreak() {
        return grantsInAStreak(streak);
    }

    private int grantsInAStreak(Streak of) {
        int grants = 0;
        do {
            of.granted(now);
            grants++;
        } while (of.mayGoOn(now));
        return grants;
    }

    @Test
    void countsGrants() {
        assertThat(grantsInAStreak()).isEqualTo(Streak.MOST_GRANTS);
    }

    @Test
    void countsTimeFromTheFirstGrant() {
        streak.granted(now);
        streak.granted(now);
        now += Streak.LONGEST_NANOS - 1;
        assertThat(streak.mayGoOn(now)).isTrue();
        now++;
        assertThat(streak.mayGoOn(now)).isFalse();
    }

    @Test
    void letsOneMoreHaveItHoweverLongTheFirstTook() {
        streak.granted(now);
        now += 100 * Streak.LONGEST_NANOS;
        assertThat(streak.mayGoOn(now)).isTrue();
        streak.granted(now);
        assertThat(streak.mayGoOn(now)).isFalse();
    }

    @Test
    void growsWhileNobodyElseComesAndNotWithoutBound() {
        int[] lengths = new int[6];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = grantsInAStreak();
            streak.yielded(now, 0);
        }
        assertThat(lengths).containsExactly(32, 64, 128, 256, 256, 256);
    }

    @Test
    void doesNotGrowWhereThePauseIsShort() {
        for (int i = 0; i < 4; i++) {
            assertThat(grantsInAStreak(withWakeUps)).isEqualTo(Streak.MOST_GRANTS);
            withWakeUps.yielded(now, 0);
        }
    }

    @Test
    void isBackToTheLeastOnceSomebodyElseIsSeen() {
        grantsInAStreak();
        streak.yielded(now, 0);
        streak.granted(now);
        streak.interrupted();
        assertThat(grantsInAStreak()).isEqualTo(Streak.MOST_GRANTS);
        streak.yielded(now, 0);
        streak.interrupted();
        assertThat(grantsInAStreak()).isEqualTo(Streak.MOST_GRANTS);
    }

    @Test
    void anIdleClientLearnsNothing() {
        grantsInAStreak();
        streak.yielded(now, 0);
        streak.ended();
        assertThat(grantsInAStreak()).isEqualTo(Streak.MOST_GRANTS);
    }

    @Test
    void wherePausesAreShortOneIsLongNowAndThenUntilSomebodyIsSeen() {
        long round = 1_000_000;
        withWakeUps.granted(now);
        assertThat(withWakeUps.yielded(now, round)).isEqualTo(Streak.PAUSE_ROUNDS * round);
        now += Streak.LONGEST_ALONE_NANOS;
        withWakeUps.granted(now);
        assertThat(withWakeUps.yielded(now, round)).isEqualTo(Streak.PAUSE_WITHOUT_WAKE_UPS_NANOS);
        withWakeUps.granted(now);
        assertThat(withWakeUps.yielded(now, round)).isEqualTo(Streak.PAUSE_ROUNDS * round);

        now += Streak.LONGEST_ALONE_NANOS;
        withWakeUps.interrupted();
        withWakeUps.granted(now);
        assertThat(withWakeUps.yielded(now, round)).isEqualTo(Streak.PAUSE_ROUNDS * round);
    }
}

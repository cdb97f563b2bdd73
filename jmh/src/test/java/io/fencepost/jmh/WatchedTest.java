package io.fencepost.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WatchedTest {
    private final Watched lock = new Watched("a");

    @Test
    void aSecondHolderIsNoticed() {
        assertThat(lock.entered()).isTrue();
        assertThat(lock.entered()).isFalse();
        lock.left();
        lock.left();
        assertThat(lock.entered()).isTrue();
    }

    @Test
    void aTokenThatDoesNotGrowIsNoticed() {
        assertThat(lock.grew(5)).isTrue();
        assertThat(lock.grew(5)).isFalse();
        assertThat(lock.grew(4)).isFalse();
        assertThat(lock.grew(6)).isTrue();
    }
}

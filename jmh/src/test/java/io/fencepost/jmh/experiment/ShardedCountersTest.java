package io.fencepost.jmh.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedCountersTest {
    private static final int GRANTS = 10_000;

    @Test
    void oneCounterOrdersAllGrants() {
        assertThat(ShardedCounters.violations(1, GRANTS, 1)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16})
    void moreThanOneCannotOrderOneLock(int shards) {
        assertThat(ShardedCounters.violations(shards, GRANTS, 1)).isGreaterThan(GRANTS / 4);
    }
}

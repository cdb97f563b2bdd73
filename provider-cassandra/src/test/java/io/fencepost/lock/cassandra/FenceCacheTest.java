package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FenceCacheTest {
    @Test
    void keepsTheLocksUsedLast() {
        FenceCache cache = new FenceCache(2);
        cache.put("a", 1L);
        cache.put("b", 2L);
        assertThat(cache.get("a")).isEqualTo(1L);

        cache.put("c", 3L);

        assertThat(cache.get("a")).isEqualTo(1L);
        assertThat(cache.get("b")).isNull();
        assertThat(cache.get("c")).isEqualTo(3L);
    }

    @Test
    void forgetsALockWithoutARow() {
        FenceCache cache = new FenceCache(2);
        cache.put("a", 1L);

        cache.put("a", null);

        assertThat(cache.get("a")).isNull();
    }

    @Test
    void remembersInWhoseHandsALockWas() {
        FenceCache cache = new FenceCache(2);
        assertThat(cache.isHeldElsewhere("a")).isFalse();

        cache.putHeldElsewhere("a", 1L);
        assertThat(cache.isHeldElsewhere("a")).isTrue();
        assertThat(cache.get("a")).isEqualTo(1L);

        cache.put("a", 2L);
        assertThat(cache.isHeldElsewhere("a")).isFalse();
    }
}

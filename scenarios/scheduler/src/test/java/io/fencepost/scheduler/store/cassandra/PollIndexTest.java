package io.fencepost.scheduler.store.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.store.cassandra.Entry.Lane;
import io.fencepost.scheduler.store.cassandra.PollIndex.Part;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PollIndexTest {
    private static final Part SOUND = new Part(new Lane("sound", 5), 1);
    private static final Part BROKEN = new Part(new Lane("broken", 5), 1);

    private final Set<Part> failing = new HashSet<>();

    private static CompletableFuture<String> fault() {
        return CompletableFuture.failedFuture(new DriverTimeoutException("too many tombstones"));
    }

    private static CompletableFuture<String> answer() {
        return CompletableFuture.completedFuture("entries");
    }

    @Test
    void aPartitionThatCannotBeReadIsLeftOutUntilItCan() {
        assertThat(PollIndex.answered(Map.of(SOUND, answer(), BROKEN, fault()), failing))
                .containsExactly(Map.entry(SOUND, "entries"));
        assertThat(failing).containsExactly(BROKEN);
        assertThat(PollIndex.answered(Map.of(SOUND, answer(), BROKEN, answer()), failing))
                .containsOnlyKeys(SOUND, BROKEN);
        assertThat(failing).isEmpty();
    }

    @Test
    void aPollThatReachesNothingFails() {
        assertThatThrownBy(() -> PollIndex.answered(Map.of(SOUND, fault(), BROKEN, fault()), failing))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("too many tombstones");
        assertThat(PollIndex.answered(Map.<Part, CompletableFuture<String>>of(), failing))
                .as("of nothing")
                .isEmpty();
    }
}

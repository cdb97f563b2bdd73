package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.spi.HolderText;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HolderLineTest {
    private final HolderLine line = new HolderLine();

    private void assertSame(String holder, long ttlMillis, Map<String, String> metadata) {
        UUID attemptId = UUID.randomUUID();
        assertThat(line.of(attemptId, holder, ttlMillis, metadata))
                .isEqualTo(new HolderText(attemptId, holder, ttlMillis, metadata).encode());
    }

    @Test
    void itIsTheTextOfTheHolderWhateverCameBefore() {
        Map<String, String> metadata = Map.of("host", "a b", "pid", "1");
        assertSame("joe", 1_000, metadata);
        assertSame("joe", 1_000, metadata);
        assertSame("ann", 1_000, metadata);
        assertSame("ann", 2_000, metadata);
        assertSame("ann", 2_000, Map.of());
        assertSame("joe", 1_000, metadata);
    }
}

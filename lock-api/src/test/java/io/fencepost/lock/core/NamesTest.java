package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What may be the name of a lock, how wrong ones are shown, and how long durations may be. */
class NamesTest {
    @Test
    void aNameHasOneTo512Bytes() {
        assertThat(Names.checked("x")).isEqualTo("x");
        assertThat(Names.checked("x".repeat(512))).hasSize(512);
        assertThatIllegalArgumentException().isThrownBy(() -> Names.checked("")).withMessageContaining("0 bytes: ''");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.checked(null))
                .withMessageContaining("is null");
    }

    @Test
    void ofALongNameTheBeginningIsShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.checked("x".repeat(513)))
                .withMessageContaining("513 bytes: '" + "x".repeat(64) + "…'");
        String broken = "y".repeat(63) + "\ud800";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Names.checked(broken))
                .withMessageContaining("'" + broken + "'");
    }

    @Test
    void durationsBeyondAnyClockAreForEver() {
        assertThat(Durations.saturatedNanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Durations.FOREVER_NANOS);
        assertThat(Durations.saturatedNanos(Duration.ofNanos(Durations.FOREVER_NANOS - 1)))
                .isEqualTo(Durations.FOREVER_NANOS - 1);
    }
}

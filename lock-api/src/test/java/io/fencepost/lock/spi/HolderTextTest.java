package io.fencepost.lock.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolderTextTest {
    @Test
    void readsWhatItWrote() {
        HolderText text = new HolderText(
                UUID.randomUUID(),
                "host & co=1",
                10_000,
                Map.of("purpose", "größe 😀&x=y", "attempt", "mine", "m.ttl", ""));

        assertThat(HolderText.decode(text.encode())).isEqualTo(text);
    }

    @Test
    void isReadable() {
        UUID attempt = UUID.fromString("00000000-0000-0000-0000-000000000001");
        assertThat(new HolderText(attempt, "me", 5, Map.of("pid", "7", "host", "h")).encode())
                .isEqualTo("attempt=" + attempt + "&holder=me&ttl=5&m.host=h&m.pid=7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "holder=a", "attempt=x&holder=h&ttl=1", "attempt=%&holder=h&ttl=1"})
    void refusesWhatSomebodyElseWrote(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> HolderText.decode(value));
    }
}

package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.spi.HolderText;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GrantNameTest {
    private static final GrantName NAME = new GrantName(UUID.randomUUID(), 41);

    @Test
    void whatIsWrittenIsRead() {
        String holder = new HolderText(
                        UUID.randomUUID(), "a&grant=b", 1_000, Map.of("grant", "x.1", "token", "&token=7"))
                .encode();
        assertThat(GrantName.Parts.of(holder + NAME.text())).isEqualTo(new GrantName.Parts(holder, NAME, 0));
        assertThat(GrantName.Parts.of(holder + NAME.text(12))).isEqualTo(new GrantName.Parts(holder, NAME, 12));
    }

    @Test
    void everyGrantOfAZnodeHasAnotherName() {
        assertThat(NAME.next()).isNotEqualTo(NAME).isEqualTo(new GrantName(NAME.znode(), 42));
    }

    @Test
    void whatIsNotOursIsRefused() {
        for (String data :
                new String[] {"", "x", "&grant=", "&grant=x.1", "&grant=" + NAME.znode(), NAME.text() + "x"}) {
            assertThatThrownBy(() -> GrantName.Parts.of(data)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AttemptIdsTest {
    @Test
    void idsDifferWithinAClientAndBetweenClientsAndAreUuidsOfVersion8() {
        Set<UUID> all = new HashSet<>();
        Set<Long> clients = new HashSet<>();
        for (int client = 0; client < 100; client++) {
            AttemptIds ids = new AttemptIds();
            for (int i = 0; i < 10_000; i++) {
                UUID id = ids.next();
                all.add(id);
                clients.add(id.getLeastSignificantBits());
                assertThat(id.version()).isEqualTo(8);
                assertThat(id.variant()).as("that of RFC 9562").isEqualTo(2);
            }
        }
        assertThat(all).hasSize(1_000_000);
        assertThat(clients).hasSize(100);
    }
}

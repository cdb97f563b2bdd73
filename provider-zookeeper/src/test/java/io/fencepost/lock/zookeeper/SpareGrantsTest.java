package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.UUID;
import org.apache.zookeeper.ZooKeeper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpareGrantsTest {
    private final SpareGrants spares = new SpareGrants();

    // never connected: only their identity counts, and whether they are closed
    private ZooKeeper session;
    private ZooKeeper next;

    @BeforeEach
    void open() throws IOException {
        session = new ZooKeeper("127.0.0.1:1", 60_000, event -> {});
        next = new ZooKeeper("127.0.0.1:1", 60_000, event -> {});
    }

    @AfterEach
    void close() throws InterruptedException {
        session.close();
        next.close();
    }

    private static GrantName name() {
        return new GrantName(UUID.randomUUID(), 1);
    }

    @Test
    void eachIsGivenOnce() {
        GrantName name = name();
        spares.keep(session, name);
        assertThat(spares.take(session)).isEqualTo(name);
        assertThat(spares.take(session)).isNull();
    }

    @Test
    void thoseOfAnotherSessionAreNot() throws InterruptedException {
        GrantName old = name();
        spares.keep(session, old);
        assertThat(spares.take(next)).isNull();
        GrantName young = name();
        spares.keep(next, young);
        session.close();
        spares.keep(session, old);
        assertThat(spares.take(next)).isEqualTo(young);
        assertThat(spares.take(next)).isNull();
    }

    @Test
    void thereIsABound() {
        int kept = 0;
        while (spares.keep(session, name())) {
            kept++;
        }
        assertThat(spares.reserve()).isFalse();
        while (spares.take(session) != null) {
            kept--;
        }
        assertThat(kept).isZero();
    }

    @Test
    void whatIsOnItsWayCounts() {
        int reserved = 0;
        while (spares.reserve()) {
            reserved++;
        }
        assertThat(reserved).isEqualTo(64);
        spares.settle();
        assertThat(spares.reserve()).isTrue();
        assertThat(spares.reserve()).isFalse();
    }
}

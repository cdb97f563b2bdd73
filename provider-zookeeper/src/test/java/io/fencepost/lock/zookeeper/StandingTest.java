package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final String FOLDER = "/base/.queues/orders";

    /** Never connected: only its identity counts here. */
    private static ZooKeeper session;

    @BeforeAll
    static void open() throws IOException {
        session = new ZooKeeper("127.0.0.1:1", 60_000, event -> {});
    }

    @AfterAll
    static void close() throws InterruptedException {
        session.close();
    }

    private static String entry(int sequence) {
        return UUID.randomUUID() + "-" + String.format(Locale.ROOT, "%010d", sequence);
    }

    private static Standing standing(@Nullable String own, String... names) {
        return Standing.of(FOLDER, List.of(names), own, session, Optional.empty());
    }

    @Test
    void theOrderIsThatOfTheSequenceNumbers() {
        String first = entry(3);
        String second = entry(5);
        String third = entry(10);
        Standing last = standing(third, third, first, second);
        assertThat(last.position()).isEqualTo(2);
        assertThat(last.head()).contains(FOLDER + "/" + first);
        assertThat(last.ahead()).contains(FOLDER + "/" + second);
        assertThat(last.entry().orElseThrow().path()).isEqualTo(FOLDER + "/" + third);
        Standing head = standing(first, third, first, second);
        assertThat(head.position()).isZero();
        assertThat(head.ahead()).isEmpty();
    }

    @Test
    void theOrderGoesOnWhereTheServersCountFromTheGreatestNumberToTheLeast() {
        String first = entry(Integer.MAX_VALUE);
        String second = entry(Integer.MIN_VALUE);
        String third = entry(Integer.MIN_VALUE + 1);
        Standing last = standing(third, second, third, first);
        assertThat(last.position()).isEqualTo(2);
        assertThat(last.head()).contains(FOLDER + "/" + first);
        assertThat(last.ahead()).contains(FOLDER + "/" + second);
    }

    @Test
    void whoHasNoEntryStandsBehindAll() {
        Standing outside = standing(null, entry(1), entry(2));
        assertThat(outside.position()).isEqualTo(2);
        assertThat(outside.entry()).isEmpty();
        assertThat(outside.ahead()).isEmpty();
    }

    @Test
    void whatIsNotAnEntryStandsInNobodysWay() {
        String own = entry(7);
        Standing alone = standing(own, "notes", "x-0000000001", UUID.randomUUID() + "-x", own);
        assertThat(alone.position()).isZero();
        assertThat(alone.head()).contains(FOLDER + "/" + own);
    }
}

package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CoordinatorsTest {
    private static final int LOCKS = 3_000;
    private final List<UUID> nodes = List.of(new UUID(1, 2), new UUID(3, 4), new UUID(5, 6));

    @Test
    void spreadsLocksOverNodes() {
        Map<UUID, Long> load = IntStream.range(0, LOCKS)
                .mapToObj(i -> best("orders/" + i, nodes))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));

        assertThat(load).hasSize(3);
        assertThat(load.values()).allSatisfy(count -> assertThat(count).isBetween(LOCKS / 4L, LOCKS / 2L));
    }

    @Test
    void movesOnlyTheLocksOfALostNode() {
        UUID lost = nodes.get(0);
        List<UUID> left = nodes.subList(1, 3);

        assertThat(IntStream.range(0, LOCKS).mapToObj(i -> "orders/" + i))
                .filteredOn(name -> !best(name, nodes).equals(lost))
                .allSatisfy(name -> assertThat(best(name, left)).isEqualTo(best(name, nodes)));
    }

    private static UUID best(String name, List<UUID> nodes) {
        return nodes.stream()
                .min(Comparator.comparingLong(node -> Coordinators.weight(name, node)))
                .orElseThrow();
    }
}

package io.fencepost.jmh.contestant;

import static io.fencepost.jmh.contestant.Ability.RENEWS;
import static io.fencepost.jmh.contestant.Ability.TOKENS;
import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.Target;
import io.fencepost.jmh.experiment.Experiments;
import io.fencepost.jmh.floor.Floors;
import io.fencepost.jmh.peer.CuratorPeers;
import io.fencepost.jmh.peer.RedissonPeers;
import io.fencepost.jmh.peer.ShedLockPeers;
import io.fencepost.jmh.peer.SpringPeers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** All contestants there are: ours here, the floors, peers and experiments by their packages. To add one, implement {@link Contestant} and list it here. */
public final class Contestants {
    private static final Set<Ability> ALL_ABILITIES = Set.of(WAITS, RENEWS, TOKENS);
    private static final String BASE_NODE = "/fencepost-compare";

    private static final Map<String, ContestantType> ALL = index();

    private Contestants() {}

    private static Map<String, ContestantType> index() {
        List<ContestantType> types = new ArrayList<>();
        types.addAll(ours());
        types.addAll(Floors.types());
        types.addAll(ShedLockPeers.types());
        types.addAll(RedissonPeers.types());
        types.addAll(CuratorPeers.types());
        types.addAll(SpringPeers.types());
        types.addAll(Experiments.types());
        Map<String, ContestantType> byId = new LinkedHashMap<>();
        for (ContestantType type : types) {
            if (byId.put(type.id(), type) != null) {
                throw new IllegalStateException("two contestants have the id " + type.id());
            }
        }
        return byId;
    }

    private static List<ContestantType> ours() {
        String space = "jmh-" + UUID.randomUUID();
        return List.of(
                ours(
                        "cassandra",
                        Backend.CASSANDRA,
                        "exclusion by Paxos while no coordinator's clock jumps, fencing tokens, safe against pauses with them;"
                                + " a commit survives what QUORUM survives",
                        opening -> Target.CASSANDRA.uri(opening.addresses())),
                ours(
                        "redlock",
                        Backend.REDIS,
                        "exclusion by a quorum of five masters while most of their clocks do not jump, fencing tokens;"
                                + " every master syncs its log before it answers",
                        opening -> Target.REDLOCK.uri(opening.addresses())),
                ours(
                        "zookeeper",
                        Backend.ZOOKEEPER,
                        "exclusion by ZooKeeper's total order, no server's clock is trusted, fencing tokens; a write is synced"
                                + " by a majority",
                        opening -> Target.ZOOKEEPER.uri(opening.addresses())),
                ours(
                        "zookeeper-fair",
                        Backend.ZOOKEEPER,
                        "as zookeeper, and grants in the order of arrival across clients",
                        opening ->
                                "zookeeper://" + String.join(",", opening.addresses()) + BASE_NODE + "-fair?fair=true"),
                ours(
                        "memory",
                        Backend.MEMORY,
                        "exclusion and fencing tokens within one process; nothing survives it",
                        opening -> "memory:" + space),
                new ContestantType(
                        "reentrant-lock",
                        Backend.MEMORY,
                        Role.FLOOR,
                        "JDK " + Runtime.version().feature(),
                        "exclusion of threads of one process; no lease, no expiry, no tokens",
                        Set.of(WAITS),
                        ReentrantLockContestant::new));
    }

    private static ContestantType ours(String id, Backend backend, String guarantee, Function<Opening, String> uri) {
        return new ContestantType(
                id, backend, Role.OURS, Versions.OURS, guarantee, ALL_ABILITIES, FencepostContestant.opener(uri));
    }

    /** All, ours first. */
    public static List<ContestantType> all() {
        return List.copyOf(ALL.values());
    }

    /**
     * The contestant of that id.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static ContestantType of(String id) {
        return Optional.ofNullable(ALL.get(id))
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + id + "' is no contestant; there are " + String.join(", ", ALL.keySet())));
    }
}

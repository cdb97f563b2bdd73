package io.fencepost.jmh.floor;

import com.datastax.oss.driver.api.core.CqlSession;
import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import io.lettuce.core.RedisClient;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.ZooKeeper;

/** The floors as contestants. */
public final class Floors {
    private Floors() {}

    /** All floors. */
    public static List<ContestantType> types() {
        String driver = Versions.of("com.datastax.oss", "java-driver-core", CqlSession.class);
        String lettuce = Versions.of("io.lettuce", "lettuce-core", RedisClient.class);
        String zooKeeper = Versions.of("org.apache.zookeeper", "zookeeper", ZooKeeper.class);
        return List.of(
                floor(
                        "cassandra-raw",
                        Backend.CASSANDRA,
                        driver,
                        "one conditional UPDATE takes, one gives back; no token, no expiry",
                        opening -> new CassandraFloor(Addresses.parse(opening.addresses()))),
                floor(
                        "redis-raw",
                        Backend.REDIS,
                        lettuce,
                        "one EVALSHA on one master takes (SET NX PX, INCR), one gives back; no quorum",
                        opening -> new RedisFloor(
                                Addresses.parse(opening.addresses()).get(0))),
                floor(
                        "redis-raw-quorum",
                        Backend.REDIS,
                        lettuce,
                        "the same EVALSHA to all masters, done with the answer of most; counters of the masters are not reconciled,"
                                + " so no token",
                        opening -> new RedisQuorumFloor(Addresses.parse(opening.addresses()))),
                floor(
                        "zookeeper-raw",
                        Backend.ZOOKEEPER,
                        zooKeeper,
                        "create of one ephemeral znode takes, delete gives back; expiry by the session alone",
                        opening -> new ZooKeeperFloor(String.join(",", opening.addresses()))));
    }

    private static ContestantType floor(
            String id, Backend backend, String version, String guarantee, FloorContestant.FloorOpener opener) {
        return new ContestantType(
                id, backend, Role.FLOOR, version, guarantee, Set.of(), FloorContestant.opener(opener));
    }
}

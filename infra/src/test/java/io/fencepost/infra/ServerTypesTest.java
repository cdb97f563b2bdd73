package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTypesTest {

    @Test
    void redisIsTakenFromThePathFrom62On() {
        assertThat(RedisServer.isRecentEnough("Redis server v=6.2.11 sha=00000000:0"))
                .isTrue();
        assertThat(RedisServer.isRecentEnough("Redis server v=7.0.15 sha=00000000:0"))
                .isTrue();
        assertThat(RedisServer.isRecentEnough("Valkey server v=8.1.0 sha=00000000:0"))
                .isTrue();
        assertThat(RedisServer.isRecentEnough("Redis server v=6.0.16 sha=00000000:0"))
                .isFalse();
        assertThat(RedisServer.isRecentEnough("Redis server v=5.0.9")).isFalse();
        assertThat(RedisServer.isRecentEnough("command not found")).isFalse();
    }

    @Test
    void theArchivedRedisIsNamedAfterTheMachine() {
        assertThat(RedisServer.machine("Linux", "amd64")).isEqualTo("linux-amd64");
        assertThat(RedisServer.machine("Linux", "aarch64")).isEqualTo("linux-arm64");
        assertThat(RedisServer.machine("Mac OS X", "x86_64")).isEqualTo("darwin-amd64");
    }

    @Test
    void redisInfoIsReadByKey() {
        String info = "# Server\r\nredis_version:6.2.11\r\nredis_mode:standalone\r\n";

        assertThat(RedisServer.value(info, "redis_version")).contains("6.2.11");
        assertThat(RedisServer.value(info, "redis")).isEmpty();
    }

    @Test
    void aZooKeeperLeaderMustHaveAllTheOthersInSync() {
        assertThat(ZooKeeperServer.defect("zk_server_state\tleader\nzk_synced_followers\t2\n", 3))
                .isEmpty();
        assertThat(ZooKeeperServer.defect("zk_server_state\tleader\nzk_synced_followers\t1\n", 3))
                .isEqualTo(Optional.of("it leads 1 synced followers of 2"));
        assertThat(ZooKeeperServer.defect("zk_server_state\tfollower\n", 3)).isEmpty();
    }

    @Test
    void aZooKeeperServerMustServeInItsEnsemble() {
        assertThat(ZooKeeperServer.defect("This ZooKeeper instance is not currently serving requests\n", 3))
                .isPresent();
        assertThat(ZooKeeperServer.defect("zk_server_state\tstandalone\n", 3)).isPresent();
        assertThat(ZooKeeperServer.defect("zk_server_state\tstandalone\n", 1)).isEmpty();
        assertThat(ZooKeeperServer.defect("zk_server_state\tobserver\n", 3)).isPresent();
        assertThat(ZooKeeperServer.defect("", 3)).isPresent();
    }

    @Test
    void theZooKeeperVersionIsThePlainNumber() {
        assertThat(ZooKeeperServer.plainVersion("Zookeeper version: 3.9.5-abcdef, built on 2026-01-01"))
                .isEqualTo("3.9.5");
        assertThat(ZooKeeperServer.plainVersion("Zookeeper version: 3.9.5")).isEqualTo("3.9.5");
    }

    @Test
    void cassandraTokensDivideTheRingEvenly() {
        assertThat(CassandraServer.token(0, 3)).isEqualTo(BigInteger.valueOf(Long.MIN_VALUE));
        assertThat(CassandraServer.token(1, 2)).isEqualTo(BigInteger.ZERO);
        assertThat(CassandraServer.token(2, 3)).isLessThan(BigInteger.valueOf(Long.MAX_VALUE));
    }

    @Test
    void cassandraIsConfiguredForPaxos2AndKeepsWhatItAcknowledged() {
        String yaml = yaml(Durability.SAFE, false);

        assertThat(yaml)
                .contains("paxos_variant: v2", "commitlog_sync: batch", "cluster_name: 'one-of-a-kind'")
                .contains("seeds: '127.9.9.1:7000,127.9.9.2:7000'", "listen_address: 127.9.9.2", "initial_token: '0'");
        assertThat(yaml(Durability.UNSAFE, false)).contains("commitlog_sync: periodic");
    }

    @Test
    void aCassandraNodeThatReplacesItselfTakesTheTokenTheOthersKnow() {
        assertThat(yaml(Durability.SAFE, true)).doesNotContain("initial_token");
    }

    @Test
    void aRedisServerInItsOwnNetworkAnswersThoseOutsideOfIt(@TempDir Path folder) throws Exception {
        RedisServer type = new RedisServer(new Checkout(folder));
        ClusterSpec spec = ClusterSpec.of(ClusterKind.REDIS).withNodes(1);
        NetworkPlan network = new NetworkPlan("fp0a1b2c", "198.18.7");
        NodeFiles files = NodeFiles.of(folder, 0);

        String own = RedisServer.configuration(
                new ClusterPlan("own", spec, type.place(spec, Optional.of(network)), Optional.of(network)), 0, files);
        String loopback = RedisServer.configuration(
                new ClusterPlan("loopback", spec, type.place(spec, Optional.empty())), 0, files);

        assertThat(own).contains("bind 198.18.7.11", "port 6379", "protected-mode no");
        assertThat(loopback).contains("bind 127.0.0.1", "protected-mode yes");
    }

    @Test
    void nodesWithTheirOwnNetworksHaveItsAddressesAndTheUsualPorts() {
        Optional<NetworkPlan> network = Optional.of(new NetworkPlan("fp0a1b2c", "198.18.7"));
        Checkout nowhere = new Checkout(Path.of("nowhere"));

        assertThat(ServerType.of(ClusterKind.ZOOKEEPER, nowhere).place(ClusterSpec.of(ClusterKind.ZOOKEEPER), network))
                .hasSize(3)
                .contains(new ClusterPlan.NodePlan("198.18.7.13", 2181, 2888, 3888));
        assertThat(ServerType.of(ClusterKind.CASSANDRA, nowhere).place(ClusterSpec.of(ClusterKind.CASSANDRA), network))
                .hasSize(3)
                .contains(new ClusterPlan.NodePlan("198.18.7.12", 9042, 7000, 0));
    }

    private static String yaml(Durability durability, boolean replacing) {
        ClusterPlan plan = new ClusterPlan(
                "one-of-a-kind",
                ClusterSpec.of(ClusterKind.CASSANDRA).withNodes(2).withDurability(durability),
                List.of(
                        new ClusterPlan.NodePlan("127.9.9.1", 9042, 7000, 0),
                        new ClusterPlan.NodePlan("127.9.9.2", 9042, 7000, 0)));
        return CassandraServer.yaml(plan, 1, new NodeFiles(Path.of("node-2")), replacing);
    }
}

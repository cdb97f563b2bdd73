package io.fencepost.jmh.peer;

import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.PerClient;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import io.fencepost.jmh.floor.Addresses;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.apache.curator.framework.CuratorFramework;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.integration.redis.util.RedisLockRegistry;
import org.springframework.integration.redis.util.RedisLockRegistry.RedisLockType;
import org.springframework.integration.support.locks.LockRegistry;
import org.springframework.integration.zookeeper.lock.ZookeeperLockRegistry;

/**
 * Spring Integration's lock registries, each with a queue of threads in front as ours. {@code spring-redis}: RedisLockRegistry on one master, no quorum, woken by
 * publish and subscribe. {@code spring-zookeeper}: ZookeeperLockRegistry, which is Curator's InterProcessMutex. Neither has tokens.
 */
public final class SpringPeers {
    private SpringPeers() {}

    /** All of them. */
    public static List<ContestantType> types() {
        return List.of(
                new ContestantType(
                        "spring-redis",
                        Backend.REDIS,
                        Role.PEER,
                        Versions.of(
                                "org.springframework.integration", "spring-integration-redis", RedisLockRegistry.class),
                        "exclusion on one master, no quorum: lost with that master; no fencing tokens",
                        Set.of(WAITS),
                        opening -> new LockContestant(PerClient.open(opening.clients(), client -> redis(opening)))),
                new ContestantType(
                        "spring-zookeeper",
                        Backend.ZOOKEEPER,
                        Role.PEER,
                        Versions.of(
                                "org.springframework.integration",
                                "spring-integration-zookeeper",
                                ZookeeperLockRegistry.class),
                        "as curator-mutex, which it is inside; no fencing tokens",
                        Set.of(WAITS),
                        opening ->
                                new LockContestant(PerClient.open(opening.clients(), client -> zooKeeper(opening)))));
    }

    /** Connects Spring Data to one master. */
    static LettuceConnectionFactory connect(String address) {
        InetSocketAddress master = Addresses.parse(List.of(address)).get(0);
        LettuceConnectionFactory connections = new LettuceConnectionFactory(
                new RedisStandaloneConfiguration(master.getHostString(), master.getPort()));
        connections.afterPropertiesSet();
        connections.start();
        return connections;
    }

    private static Client redis(Opening opening) {
        LettuceConnectionFactory connections = connect(opening.addresses().get(0));
        RedisLockRegistry registry = new RedisLockRegistry(connections, "spring", Contestant.TTL);
        registry.setRedisLockType(RedisLockType.PUB_SUB_LOCK);
        return new Client(registry, () -> {
            registry.destroy();
            connections.destroy();
        });
    }

    private static Client zooKeeper(Opening opening) throws InterruptedException {
        CuratorFramework curator = CuratorConnection.open(opening.addresses());
        ZookeeperLockRegistry registry = new ZookeeperLockRegistry(curator, "/spring");
        return new Client(registry, () -> {
            registry.destroy();
            curator.close();
        });
    }

    private record Client(LockRegistry<? extends Lock> registry, Runnable disconnect) implements LockContestant.Client {
        @Override
        public Optional<LockContestant.Holding> acquire(String name, Duration wait) throws InterruptedException {
            Lock lock = registry.obtain(name);
            // ZookeeperLockRegistry gives itself a second for a try without a wait, and no chance with a wait of zero
            boolean locked = wait.isZero() ? lock.tryLock() : lock.tryLock(wait.toMillis(), TimeUnit.MILLISECONDS);
            return locked ? Optional.of(lock::unlock) : Optional.empty();
        }

        @Override
        public void close() {
            disconnect.run();
        }
    }
}

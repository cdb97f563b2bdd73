package io.fencepost.jmh.peer;

import static io.fencepost.jmh.contestant.Ability.RENEWS;
import static io.fencepost.jmh.contestant.Ability.WAITS;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import io.fencepost.jmh.contestant.Ability;
import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.PerClient;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import io.fencepost.jmh.floor.Addresses;
import io.fencepost.jmh.floor.CassandraFloor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.provider.cassandra.CassandraLockProvider;
import net.javacrumbs.shedlock.provider.redis.spring.RedisLockProvider;
import net.javacrumbs.shedlock.provider.zookeeper.curator.ZookeeperCuratorLockProvider;
import org.apache.curator.framework.CuratorFramework;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * ShedLock's providers. They expire by the clients' wall clocks (Redis: by the server's), have no tokens and no waiting: a contended acquire polls, with pauses
 * that vary by half around {@link Opening#poll}, so that threads do not march in step. {@code shedlock-redis} is the provider over Spring Data with its Lettuce
 * connection: one master, no quorum. Of the Cassandra and ZooKeeper providers older releases are what can be had.
 */
public final class ShedLockPeers {
    private static final String GROUP = "net.javacrumbs.shedlock";
    private static final String KEYSPACE = "shedlock";

    private ShedLockPeers() {}

    /** All of them. */
    public static List<ContestantType> types() {
        return List.of(
                new ContestantType(
                        "shedlock-cassandra",
                        Backend.CASSANDRA,
                        Role.PEER,
                        Versions.of(GROUP, "shedlock-provider-cassandra", CassandraLockProvider.class),
                        "exclusion by Paxos while the clients' clocks agree and no holder pauses; polls; no fencing tokens",
                        Set.of(WAITS),
                        opening -> open(opening, () -> cassandra(opening))),
                new ContestantType(
                        "shedlock-redis",
                        Backend.REDIS,
                        Role.PEER,
                        Versions.of(GROUP, "shedlock-provider-redis-spring", RedisLockProvider.class),
                        "exclusion on one master, no quorum: lost with that master; polls; no fencing tokens",
                        Set.<Ability>of(WAITS, RENEWS),
                        opening -> open(opening, () -> redis(opening))),
                new ContestantType(
                        "shedlock-zookeeper",
                        Backend.ZOOKEEPER,
                        Role.PEER,
                        Versions.of(GROUP, "shedlock-provider-zookeeper-curator", ZookeeperCuratorLockProvider.class),
                        "exclusion by ZooKeeper while the clients' clocks agree and no holder pauses; polls; no fencing tokens",
                        Set.of(WAITS),
                        opening -> open(opening, () -> zooKeeper(opening))));
    }

    private interface Connector {
        Client connect() throws Exception;
    }

    private static Contestant open(Opening opening, Connector connector) throws Exception {
        return new LockContestant(PerClient.open(opening.clients(), client -> connector.connect()));
    }

    private static Client cassandra(Opening opening) {
        CqlSession session = CassandraFloor.connect(Addresses.parse(opening.addresses()));
        CassandraFloor.createKeyspace(session, KEYSPACE, opening.addresses().size());
        session.execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE
                + ".lock (name text PRIMARY KEY, lockUntil timestamp, lockedAt timestamp, lockedBy text)");
        return new Client(
                new CassandraLockProvider(CassandraLockProvider.Configuration.builder()
                        .withCqlSession(session)
                        .withKeyspace(CqlIdentifier.fromCql(KEYSPACE))
                        .withTableName("lock")
                        .withConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                        .withSerialConsistencyLevel(DefaultConsistencyLevel.SERIAL)
                        .build()),
                session::close,
                opening.poll());
    }

    private static Client redis(Opening opening) {
        LettuceConnectionFactory connections =
                SpringPeers.connect(opening.addresses().get(0));
        return new Client(new RedisLockProvider(connections, "jmh"), connections::destroy, opening.poll());
    }

    private static Client zooKeeper(Opening opening) throws InterruptedException {
        CuratorFramework curator = CuratorConnection.open(opening.addresses());
        return new Client(new ZookeeperCuratorLockProvider(curator, "/shedlock"), curator::close, opening.poll());
    }

    private record Client(LockProvider provider, Runnable disconnect, Duration poll) implements LockContestant.Client {
        @Override
        public Optional<LockContestant.Holding> acquire(String lock, Duration wait) throws InterruptedException {
            long end = System.nanoTime() + wait.toNanos();
            while (true) {
                Optional<SimpleLock> locked =
                        provider.lock(new LockConfiguration(Instant.now(), lock, Contestant.TTL, Duration.ZERO));
                if (locked.isPresent()) {
                    return Optional.of(new Held(locked.get()));
                }
                if (System.nanoTime() - end >= 0) {
                    return Optional.empty();
                }
                TimeUnit.NANOSECONDS.sleep(jittered(poll.toNanos()));
            }
        }

        private static long jittered(long nanos) {
            return nanos / 2 + ThreadLocalRandom.current().nextLong(nanos + 1);
        }

        @Override
        public void close() {
            disconnect.run();
        }
    }

    /** A lock object is used up by an extension, which answers with the next one. */
    private static final class Held implements LockContestant.Holding {
        private @Nullable SimpleLock lock;

        Held(SimpleLock lock) {
            this.lock = lock;
        }

        @Override
        public boolean renew() {
            if (lock == null) {
                return false;
            }
            lock = lock.extend(Contestant.TTL, Duration.ZERO).orElse(null);
            return lock != null;
        }

        @Override
        public void release() {
            if (lock == null) {
                throw new IllegalStateException("the lock was lost while it was extended");
            }
            lock.unlock();
        }
    }
}

package io.fencepost.jmh.peer;

import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.PerClient;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.redisson.Redisson;
import org.redisson.RedissonRedLock;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/**
 * Redisson's locks. {@code redisson-redlock}: the Redlock of its authors over all masters, deprecated there in favour of a lock on one master with replicas, and
 * still its only quorum lock; no tokens, and the masters' keys are the only trace. {@code redisson-rlock}: one master, no quorum, so that its guarantee ends with
 * that master; no tokens. Both with a lease time, that is without the watchdog's renewals.
 */
public final class RedissonPeers {
    /** Enough for the machine's cores; the default of 32 for each of the five masters would be threads by the hundred. */
    private static final int THREADS = 4;

    private static final int CONNECTIONS = 64;
    private static final int IDLE_CONNECTIONS = 4;

    private RedissonPeers() {}

    /** All of them. */
    public static List<ContestantType> types() {
        String version = Versions.of("org.redisson", "redisson", Redisson.class);
        return List.of(
                new ContestantType(
                        "redisson-redlock",
                        Backend.REDIS,
                        Role.PEER,
                        version,
                        "exclusion by a quorum of five masters while clocks do not jump and no holder pauses; no fencing tokens",
                        Set.of(WAITS),
                        opening -> open(opening, opening.addresses())),
                new ContestantType(
                        "redisson-rlock",
                        Backend.REDIS,
                        Role.PEER,
                        version,
                        "exclusion on one master, no quorum: weaker, lost with that master; no fencing tokens",
                        Set.of(WAITS),
                        opening -> open(opening, opening.addresses().subList(0, 1))));
    }

    private static Contestant open(Opening opening, List<String> masters) throws Exception {
        return new LockContestant(PerClient.open(opening.clients(), client -> Client.connect(masters)));
    }

    private record Client(EventLoopGroup loops, ExecutorService executor, List<RedissonClient> masters)
            implements LockContestant.Client {
        static Client connect(List<String> addresses) {
            Client client = new Client(
                    new MultiThreadIoEventLoopGroup(THREADS, NioIoHandler.newFactory()),
                    Executors.newFixedThreadPool(THREADS),
                    new ArrayList<>());
            try {
                for (String address : addresses) {
                    Config config =
                            new Config().setEventLoopGroup(client.loops()).setExecutor(client.executor());
                    config.useSingleServer()
                            .setAddress("redis://" + address)
                            .setConnectionPoolSize(CONNECTIONS)
                            .setConnectionMinimumIdleSize(IDLE_CONNECTIONS);
                    client.masters().add(Redisson.create(config));
                }
            } catch (RuntimeException e) {
                client.close();
                throw e;
            }
            return client;
        }

        @Override
        public Optional<LockContestant.Holding> acquire(String name, Duration wait) throws InterruptedException {
            RLock lock = lock(name);
            return lock.tryLock(wait.toMillis(), Contestant.TTL.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(lock::unlock)
                    : Optional.empty();
        }

        // not for removal, and what the comparison is with
        @SuppressWarnings("deprecation")
        private RLock lock(String name) {
            if (masters.size() == 1) {
                return masters.get(0).getLock(name);
            }
            return new RedissonRedLock(
                    masters.stream().map(master -> master.getLock(name)).toArray(RLock[]::new));
        }

        @Override
        public void close() {
            for (RedissonClient master : masters) {
                master.shutdown();
            }
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
            executor.shutdownNow();
        }
    }
}

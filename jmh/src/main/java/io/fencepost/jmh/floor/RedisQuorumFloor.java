package io.fencepost.jmh.floor;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The EVALSHA of {@link RedisFloor} on all masters at once by plain asynchronous Lettuce, done with the answer that makes a majority: the least that a quorum lock
 * over the masters must do. Nothing is undone where no majority is reached.
 */
public final class RedisQuorumFloor implements Floor {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final RedisClient client = RedisClient.create();
    private final List<Master> masters = new ArrayList<>();
    private final int quorum;

    private record Master(
            StatefulRedisConnection<String, String> connection, String takeDigest, String giveBackDigest) {}

    /** Connects to all masters and loads the scripts there. */
    public RedisQuorumFloor(List<InetSocketAddress> addresses) {
        quorum = addresses.size() / 2 + 1;
        try {
            for (InetSocketAddress address : addresses) {
                StatefulRedisConnection<String, String> connection = client.connect(RedisURI.builder()
                        .withHost(address.getHostString())
                        .withPort(address.getPort())
                        .withTimeout(TIMEOUT)
                        .build());
                masters.add(new Master(
                        connection,
                        connection.sync().scriptLoad(RedisFloor.TAKE),
                        connection.sync().scriptLoad(RedisFloor.GIVE_BACK)));
            }
        } catch (RuntimeException e) {
            client.shutdown();
            throw e;
        }
    }

    @Override
    public boolean tryTake(String name) throws Exception {
        String[] keys = RedisFloor.keys(name);
        Tally tally = new Tally();
        for (Master master : masters) {
            tally.count(master.connection()
                    .async()
                    .<Long>evalsha(
                            master.takeDigest(),
                            ScriptOutputType.INTEGER,
                            keys,
                            RedisFloor.OWNER,
                            RedisFloor.TTL_MILLIS)
                    .toCompletableFuture());
        }
        return tally.await();
    }

    @Override
    public void giveBack(String name) throws Exception {
        String[] keys = RedisFloor.keys(name);
        Tally tally = new Tally();
        for (Master master : masters) {
            tally.count(master.connection()
                    .async()
                    .<Long>evalsha(master.giveBackDigest(), ScriptOutputType.INTEGER, keys, RedisFloor.OWNER)
                    .toCompletableFuture());
        }
        if (!tally.await()) {
            throw new IllegalStateException("the keys of '" + name + "' are not as their only user left them");
        }
    }

    private final class Tally {
        private final AtomicInteger yes = new AtomicInteger();
        private final AtomicInteger no = new AtomicInteger();
        private final CompletableFuture<Boolean> decided = new CompletableFuture<>();

        void count(CompletableFuture<Long> answer) {
            answer.whenComplete((value, failure) -> {
                if (failure == null && value > 0) {
                    if (yes.incrementAndGet() == quorum) {
                        decided.complete(true);
                    }
                } else if (no.incrementAndGet() > masters.size() - quorum) {
                    decided.complete(false);
                }
            });
        }

        boolean await() throws Exception {
            return decided.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        client.shutdown();
    }
}

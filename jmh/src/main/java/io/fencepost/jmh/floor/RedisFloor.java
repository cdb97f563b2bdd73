package io.fencepost.jmh.floor;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * One EVALSHA on one master that does what a lock with a counter must: SET NX PX, and INCR when it took. A lock over one node; Redlock's acquire makes such a call
 * on every node and waits for most of them.
 */
public final class RedisFloor implements Floor {
    static final String TAKE = """
            if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then
                return redis.call('INCR', KEYS[2])
            end
            return -1
            """;
    static final String GIVE_BACK = """
            if redis.call('GET', KEYS[1]) == ARGV[1] then
                return redis.call('DEL', KEYS[1])
            end
            return -1
            """;
    static final String OWNER = "floor";
    static final String TTL_MILLIS = "30000";

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> redis;
    private final String takeDigest;
    private final String giveBackDigest;

    /** Connects to one master and loads the scripts there. */
    public RedisFloor(InetSocketAddress master) {
        client = RedisClient.create(RedisURI.builder()
                .withHost(master.getHostString())
                .withPort(master.getPort())
                .withTimeout(Duration.ofSeconds(10))
                .build());
        try {
            connection = client.connect();
            redis = connection.sync();
            takeDigest = redis.scriptLoad(TAKE);
            giveBackDigest = redis.scriptLoad(GIVE_BACK);
        } catch (RuntimeException e) {
            client.shutdown();
            throw e;
        }
    }

    @Override
    public boolean tryTake(String name) {
        Long answer = redis.evalsha(takeDigest, ScriptOutputType.INTEGER, keys(name), OWNER, TTL_MILLIS);
        return answer > 0;
    }

    @Override
    public void giveBack(String name) {
        Long answer = redis.evalsha(giveBackDigest, ScriptOutputType.INTEGER, keys(name), OWNER);
        if (answer <= 0) {
            throw new IllegalStateException("the key of '" + name + "' is not as its only user left it");
        }
    }

    static String[] keys(String name) {
        return new String[] {"floor:lock:" + name, "floor:fence:" + name};
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}

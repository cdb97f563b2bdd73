package io.fencepost.lock.redlock.fencing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedStore;
import io.fencepost.lock.fencing.FencedValue;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.KeyValue;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fenced values as hashes with the fields {@code fence}, {@code id} and {@code value}, the last of which a deletion removes.
 *
 * <p><b>Algorithm.</b> One script, atomic at the server, replaces a hash if its id is the expected one and its fence is not greater. Tokens are compared as the decimal numbers that they are, not as Lua's, which end at
 * 2⁵³. Every write is sent once: the connection neither reconnects nor replays, and one that did not answer in time is left for a new one. What was sent on it may still be executed, later than what is sent on the
 * new one; the condition on the id then refuses it.
 *
 * <p><b>Assumes</b> one master that keeps what it answered; see {@link RedisFencedResources} for what that asks of its settings. {@code maxmemory-policy noeviction}: an evicted key takes its fence with it.
 *
 * <p><b>What breaks it.</b> A restart that loses writes, a promoted replica, eviction, {@code FLUSHALL}, keys that are deleted, changed or given a time to live by others.
 *
 * <p>Thread-safe.
 */
final class RedisFencedStore implements FencedStore<FencedStore.Mark> {
    private static final String SCRIPT = """
            -- KEYS entry; ARGV id expected or '', token, id of the write, '1' or '0' to delete, value -> {1} done | {0, fence or '', id or ''} refused
            local id = redis.call('HGET', KEYS[1], 'id') or ''
            local fence = redis.call('HGET', KEYS[1], 'fence') or ''
            local token = ARGV[2]
            local older = #token < #fence or (#token == #fence and token < fence)
            if id ~= ARGV[1] or older then
              return {0, fence, id}
            end
            if ARGV[4] == '1' then
              redis.call('HSET', KEYS[1], 'fence', token, 'id', ARGV[3], 'value', ARGV[5])
            else
              redis.call('HSET', KEYS[1], 'fence', token, 'id', ARGV[3])
              redis.call('HDEL', KEYS[1], 'value')
            end
            return {1}
            """;
    private static final byte[] FENCE = ascii("fence");
    private static final byte[] ID = ascii("id");
    private static final byte[] VALUE = ascii("value");
    private static final byte[] NOTHING = {};
    private static final int SHUTDOWN_SECONDS = 2;

    private final RedisURI uri;
    private final String keyPrefix;
    private final RedisClient client;
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting;

    RedisFencedStore(RedisURI uri, String keyPrefix) {
        this.uri = uri;
        this.keyPrefix = keyPrefix;
        client = RedisClient.create(uri);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .protocolVersion(ProtocolVersion.RESP2)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .build());
    }

    @Override
    public Answer<Mark> replace(Optional<Mark> expected, Write write, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        StatefulRedisConnection<byte[], byte[]> connection = connected(limit);
        byte[][] keys = {key(write.key())};
        byte[] expectedId =
                expected.map(mark -> ascii(mark.writeId().toString())).orElse(NOTHING);
        List<Object> answer;
        try {
            RedisFuture<List<Object>> sent = connection
                    .async()
                    .eval(
                            SCRIPT,
                            ScriptOutputType.MULTI,
                            keys,
                            expectedId,
                            ascii(write.token().toString()),
                            ascii(write.id().toString()),
                            ascii(write.value().isPresent() ? "1" : "0"),
                            write.value().orElse(NOTHING));
            answer = await(sent, end);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            if (cause instanceof RedisCommandExecutionException) {
                // the script can fail only before it writes
                throw new LockUnavailableException("the server refused: " + cause.getMessage(), cause);
            }
            throw new OutcomeUnknownException("no answer to a write: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            leave(connection);
            throw new OutcomeUnknownException("no answer to a write within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("interrupted during a write", e);
        }
        if (((Long) answer.get(0)) == 1) {
            return new Answer.Applied<>(new Mark(write.token(), write.id()));
        }
        return new Answer.Refused<>(mark((byte[]) answer.get(1), (byte[]) answer.get(2)));
    }

    @Override
    public Optional<Mark> look(String key, Duration limit) {
        List<Optional<byte[]>> fields = fields(key, limit, FENCE, ID);
        return mark(fields.get(0).orElse(NOTHING), fields.get(1).orElse(NOTHING));
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        List<Optional<byte[]>> fields = fields(key, limit, FENCE, VALUE);
        return fields.get(1).map(value -> new FencedValue(token(fields.get(0).orElseThrow()), value));
    }

    private List<Optional<byte[]>> fields(String key, Duration limit, byte[]... names) {
        long end = System.nanoTime() + limit.toNanos();
        StatefulRedisConnection<byte[], byte[]> connection = connected(limit);
        try {
            return await(connection.async().hmget(key(key), names), end).stream()
                    .map(RedisFencedStore::value)
                    .toList();
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new LockUnavailableException("no answer to a read: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            leave(connection);
            throw new LockUnavailableException("no answer to a read within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LockUnavailableException("interrupted during a read", e);
        }
    }

    private static Optional<byte[]> value(KeyValue<byte[], byte[]> field) {
        return field.hasValue() ? Optional.of(field.getValue()) : Optional.empty();
    }

    private static Optional<Mark> mark(byte[] fence, byte[] id) {
        return fence.length == 0 || id.length == 0
                ? Optional.empty()
                : Optional.of(new Mark(token(fence), UUID.fromString(new String(id, US_ASCII))));
    }

    private static FencingToken token(byte[] text) {
        return new FencingToken(Long.parseLong(new String(text, US_ASCII)));
    }

    private byte[] key(String key) {
        return (keyPrefix + key).getBytes(UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }

    private static <T> T await(Future<T> future, long end)
            throws ExecutionException, TimeoutException, InterruptedException {
        return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** The connection, or a new one if it broke. */
    private StatefulRedisConnection<byte[], byte[]> connected(Duration limit) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> current;
        synchronized (this) {
            current = connecting;
            if (current == null || isOver(current)) {
                current = client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
                connecting = current;
            }
        }
        try {
            return current.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new LockUnavailableException("no connection: " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new LockUnavailableException("no connection within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LockUnavailableException("interrupted while connecting", e);
        }
    }

    private static boolean isOver(CompletableFuture<StatefulRedisConnection<byte[], byte[]>> connecting) {
        return connecting.isCompletedExceptionally()
                || (connecting.isDone() && !connecting.join().isOpen());
    }

    /** Commands behind one that hangs would hang too. */
    private void leave(StatefulRedisConnection<byte[], byte[]> connection) {
        connection.closeAsync();
    }

    @Override
    public void close() {
        client.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}

package io.fencepost.lock.redlock;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The subscribing connection to one node. It carries hints only, so that it does not matter which incarnation of the server sends them. Thread-safe. */
final class Listener {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);

    private final int node;
    private final RedisURI uri;
    private final Driver driver;
    private final WakeUps wakeUps;

    // guarded by this
    private @Nullable StatefulRedisPubSubConnection<String, String> connection;
    private boolean connecting;
    private boolean closed;

    Listener(int node, RedisURI uri, Driver driver, WakeUps wakeUps) {
        this.node = node;
        this.uri = uri;
        this.driver = driver;
        this.wakeUps = wakeUps;
    }

    /** Connects unless that is done or under way. */
    void connect() {
        synchronized (this) {
            if (closed || connecting || connection != null) {
                return;
            }
            connecting = true;
        }
        driver.client()
                .connectPubSubAsync(StringCodec.UTF8, uri)
                .whenComplete(
                        (@Nullable StatefulRedisPubSubConnection<String, String> made, @Nullable Throwable fault) -> {
                            if (made == null) {
                                log.debug("redlock: no subscription at {}", uri, fault);
                                synchronized (this) {
                                    connecting = false;
                                }
                            } else {
                                connected(made);
                            }
                        });
    }

    private void connected(StatefulRedisPubSubConnection<String, String> made) {
        made.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                wakeUps.released(node, channel, message);
            }

            @Override
            public void subscribed(String channel, long count) {
                wakeUps.subscribed(node, channel);
            }
        });
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                lost(made);
            }
        });
        boolean unwanted;
        synchronized (this) {
            connecting = false;
            unwanted = closed;
            if (!unwanted) {
                connection = made;
            }
        }
        if (unwanted || !made.isOpen()) {
            lost(made);
            made.closeAsync();
            return;
        }
        // a channel that is added from here on finds the connection by itself
        String[] channels = wakeUps.channels();
        if (channels.length > 0) {
            made.async().subscribe(channels);
        }
    }

    private void lost(StatefulRedisPubSubConnection<String, String> subject) {
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            connection = null;
        }
        wakeUps.disconnected(node);
    }

    void subscribe(String channel) {
        StatefulRedisPubSubConnection<String, String> current = current();
        if (current != null) {
            current.async().subscribe(channel);
        }
    }

    void unsubscribe(String channel) {
        StatefulRedisPubSubConnection<String, String> current = current();
        if (current != null) {
            current.async().unsubscribe(channel);
        }
    }

    private synchronized @Nullable StatefulRedisPubSubConnection<String, String> current() {
        return connection;
    }

    /** Connects no more. The driver closes the connection itself. */
    synchronized void retire() {
        closed = true;
        connection = null;
    }
}

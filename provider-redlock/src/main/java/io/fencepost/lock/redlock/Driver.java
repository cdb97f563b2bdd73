package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig.Address;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads and the Lettuce client of one backend. All threads are named {@code fencepost-redlock-…} and end with {@link #close}.
 *
 * <p>Lettuce neither reconnects nor replays nor times out here: {@link Node} reconnects, because a new connection must not carry a command before it is known
 * which incarnation of the server is at its other end, and one deadline per operation does for its commands.
 */
final class Driver implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Driver.class);
    /** One thread writes to all nodes and reads from them; what it does for each is little. */
    private static final int IO_THREADS = 1;

    private static final long SHUTDOWN_SECONDS = 2;

    private final Settings settings;
    private final HashedWheelTimer timer;
    private final EventLoopGroupProvider ioThreads;
    private final ClientResources resources;
    private final RedisClient client;

    Driver(Settings settings) {
        this.settings = settings;
        timer = new HashedWheelTimer(
                new DefaultThreadFactory("fencepost-redlock-timer", true), 10, TimeUnit.MILLISECONDS, 512);
        ioThreads = new DefaultEventLoopGroupProvider(
                IO_THREADS, pool -> new DefaultThreadFactory("fencepost-redlock-io", true));
        resources = DefaultClientResources.builder()
                .eventLoopGroupProvider(ioThreads)
                .computationThreadPoolSize(2)
                .threadFactoryProvider(pool -> new DefaultThreadFactory("fencepost-redlock-io", true))
                .timer(timer)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .build();
        client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                // plain replies are all that the scripts need, and every server and proxy speaks it
                .protocolVersion(ProtocolVersion.RESP2)
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(settings.connectTimeout())
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build())
                .build());
    }

    RedisClient client() {
        return client;
    }

    /** Where a node is, and how to be let in. */
    RedisURI uri(Address address) {
        RedisURI.Builder uri = RedisURI.builder()
                .withHost(unbracketed(address.host()))
                .withPort(address.port())
                .withClientName(clientName())
                .withTimeout(settings.connectTimeout());
        if (settings.tls()) {
            uri.withSsl(true).withVerifyPeer(settings.verifyPeer());
        }
        settings.password()
                .ifPresent(password -> settings.user()
                        .ifPresentOrElse(
                                user -> uri.withAuthentication(user, password.toCharArray()),
                                () -> uri.withPassword(password.toCharArray())));
        return uri.build();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** What CLIENT LIST shows; Redis takes printable ASCII without spaces. */
    private String clientName() {
        return "fencepost:" + settings.holder().replaceAll("[^!-~]", "_");
    }

    /**
     * Runs {@code task} once, later, on the timer's thread, which it must not hold up; at once if this driver is closed.
     *
     * @return cancels
     */
    Runnable after(Duration delay, Runnable task) {
        try {
            return timer.newTimeout(new OwnTask(task), Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS)::cancel;
        } catch (IllegalStateException stopped) {
            task.run();
            return () -> {};
        }
    }

    /** Tells our tasks from Lettuce's on the same timer. */
    private record OwnTask(Runnable task) implements TimerTask {
        @Override
        public void run(Timeout timeout) {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.error("redlock: a timed task failed", e);
            }
        }
    }

    /** Ends all connections and threads. Deadlines that are still ahead are taken as reached, so that no operation stays without an outcome. */
    @Override
    public void close() {
        try {
            client.shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            log.debug("redlock: connections did not close in time", e);
        }
        for (Timeout timeout : timer.stop()) {
            if (timeout.task() instanceof OwnTask own) {
                own.run(timeout);
            }
        }
        resources
                .shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
        ioThreads
                .shutdown(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS)
                .awaitUninterruptibly(2 * SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }
}

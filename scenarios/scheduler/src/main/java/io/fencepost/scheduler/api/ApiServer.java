package io.fencepost.scheduler.api;

import io.fencepost.scheduler.store.JobStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves jobs over HTTP/1.1, with a live page at {@code /} and a description at {@code /docs}. Thread-safe.
 *
 * <p>Without TLS: beyond one host, put a proxy that has it in front. It keeps nothing but the store does, so any number may serve one store, and what one acknowledged survives its death.
 */
public final class ApiServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

    private static final int THREADS = 64;
    private static final int CONNECTIONS = 2000;
    private static final long IDLE_MILLIS = 30_000;
    private static final long STOP_MILLIS = 2_000;

    /** Bytes a second; a thread reads each body, and must not be kept by one that comes in drop by drop. */
    private static final long SLOWEST_BODY = 200;

    /** Nor by one that comes a little faster; the silence of {@link #IDLE_MILLIS} may be added to it. */
    private static final Duration BODY_TIME = Duration.ofSeconds(60);

    private final ApiOptions options;
    private final Server server;
    private final ServerConnector connector;
    private final EventFeed feed;

    private ApiServer(ApiOptions options, Server server, ServerConnector connector, EventFeed feed) {
        this.options = options;
        this.server = server;
        this.connector = connector;
        this.feed = feed;
    }

    /**
     * Listens and serves until {@link #close}. Its threads do not keep the process alive.
     *
     * @param store is not closed by the server
     * @param metrics what {@code GET /metrics} answers, in the text format of Prometheus
     * @throws IllegalArgumentException if it were to listen beyond this host without a token, and {@link ApiOptions#anonymous} does not allow that; or if the host's name is unknown
     * @throws UncheckedIOException if the address cannot be had
     */
    public static ApiServer start(ApiOptions options, JobStore store, Supplier<String> metrics) {
        return start(options, store, metrics, BODY_TIME);
    }

    static ApiServer start(ApiOptions options, JobStore store, Supplier<String> metrics, Duration bodyTime) {
        Clock clock = Clock.systemUTC();
        boolean local = options.isLocal();
        if (!local && options.token().isEmpty() && !options.anonymous()) {
            throw new IllegalArgumentException("to listen on '" + options.host()
                    + "', which others reach, a token is needed, or the explicit permission to do without one");
        }
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 4);
        threads.setName("fencepost-api");
        threads.setDaemon(true);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(16 << 10);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        server.setErrorHandler(ApiHandler.errors());
        server.setStopTimeout(STOP_MILLIS);
        EventFeed feed = new EventFeed(store, options, clock);
        ApiHandler handler = new ApiHandler(
                options,
                new Routes(store, feed, metrics, clock).all(),
                new RateLimiter(options.requestsPerSecond(), System::nanoTime),
                bodyTime);
        server.setHandler(new GracefulHandler(new MinimumDataRateHandler(handler, SLOWEST_BODY, 0)));
        ApiServer api = new ApiServer(options, server, connector, feed);
        try {
            server.start();
        } catch (Exception e) {
            api.close();
            throw new UncheckedIOException(
                    "the API cannot listen on " + options.host() + ":" + options.port(),
                    e instanceof IOException io ? io : new IOException(e));
        }
        if (!local && options.token().isEmpty()) {
            log.warn("the API is open to whoever reaches {}", api.uri());
        }
        log.info("the API listens on {}", api.uri());
        return api;
    }

    /** Where it listens. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Where the live page is; everything else is below it. */
    public URI uri() {
        String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
        return URI.create("http://" + host + ":" + port() + "/");
    }

    /** Ends the streams of events, lets requests under way end for up to {@value #STOP_MILLIS} ms, and stops listening. May be called again. */
    @Override
    public void close() {
        feed.close();
        try {
            server.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            log.warn("the API did not stop in order", e);
        }
    }
}

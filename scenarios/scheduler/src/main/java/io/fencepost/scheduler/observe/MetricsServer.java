package io.fencepost.scheduler.observe;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a process without an API shows of itself over HTTP: {@code GET /metrics} for Prometheus, and {@code GET /health} for whoever restarts it, 200 or 503. No more than that, without a password: bind it
 * where only those who may read it get.
 *
 * <p>Thread-safe.
 */
public final class MetricsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsServer.class);
    private static final int THREADS = 4;
    /** In seconds: who sends half a request must not keep a thread. The JDK reads it once, when the first server is made. */
    private static final String MAX_REQUEST_TIME = "sun.net.httpserver.maxReqTime";

    static {
        if (System.getProperty(MAX_REQUEST_TIME) == null) {
            System.setProperty(MAX_REQUEST_TIME, "10");
        }
    }

    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Listens at once.
     *
     * @param host a name or address of this machine
     * @param port 0 to 65535; with 0, a free one
     * @param metrics Prometheus' text, made anew for every request
     * @param healthy whether the process does its work; quick
     * @throws IllegalArgumentException if the port is out of its range
     * @throws UncheckedIOException if nothing can listen there; the message names host and port
     */
    public static MetricsServer start(String host, int port, Supplier<String> metrics, BooleanSupplier healthy) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("a port is 0 to 65535, not " + port);
        }
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(host, port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
        AtomicInteger number = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS, task -> {
            Thread thread = new Thread(task, "fencepost-metrics-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        http.setExecutor(threads);
        http.createContext(
                "/",
                exchange -> serve(exchange, () -> switch (exchange.getRequestURI()
                        .getPath()) {
                    case "/metrics" -> new Answer(200, SchedulerMetrics.CONTENT_TYPE, metrics.get());
                    case "/health" ->
                        healthy.getAsBoolean() ? new Answer(200, TEXT, "up\n") : new Answer(503, TEXT, "down\n");
                    default -> new Answer(404, TEXT, "there are /metrics and /health\n");
                }));
        http.start();
        return new MetricsServer(http, threads);
    }

    /** Where it listens. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Listens no more. Requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private static void serve(HttpExchange exchange, Supplier<Answer> answers) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange, answers);
            byte[] body = answer.body().getBytes(UTF_8);
            boolean isHead = "HEAD".equals(exchange.getRequestMethod());
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), isHead || body.length == 0 ? -1 : body.length);
            if (!isHead) {
                try (OutputStream out = exchange.getResponseBody()) {
                    out.write(body);
                }
            }
        }
    }

    private static Answer answer(HttpExchange exchange, Supplier<Answer> answers) {
        if (!"GET".equals(exchange.getRequestMethod()) && !"HEAD".equals(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return new Answer(405, TEXT, "only GET and HEAD\n");
        }
        try {
            return answers.get();
        } catch (RuntimeException e) {
            LOG.warn("{} could not be answered", exchange.getRequestURI().getPath(), e);
            return new Answer(500, TEXT, "the log tells why\n");
        }
    }

    private record Answer(int status, String contentType, String body) {}
}

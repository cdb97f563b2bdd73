package io.fencepost.scheduler.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final AtomicBoolean healthy = new AtomicBoolean(true);
    private final AtomicBoolean breaks = new AtomicBoolean();
    private final HttpClient client = HttpClient.newHttpClient();
    private final MetricsServer server = MetricsServer.start(LOOPBACK, 0, this::metrics, healthy::get);

    private String metrics() {
        if (breaks.get()) {
            throw new IllegalStateException("broken on purpose");
        }
        return "up 1\n";
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void servesWhatPrometheusReads() throws Exception {
        HttpResponse<String> answer = send("GET", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        assertThat(answer.body()).isEqualTo("up 1\n");
    }

    @Test
    void tellsWhetherTheProcessIsWell() throws Exception {
        assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
        healthy.set(false);
        assertThat(send("GET", "/health").statusCode()).isEqualTo(503);
    }

    @Test
    void answersAHeadWithoutABody() throws Exception {
        HttpResponse<String> answer = send("HEAD", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @Test
    void hasNothingElse() throws Exception {
        assertThat(send("GET", "/").statusCode()).isEqualTo(404);
        assertThat(send("GET", "/metrics/x").statusCode()).isEqualTo(404);
        HttpResponse<String> post = send("POST", "/metrics");
        assertThat(post.statusCode()).isEqualTo(405);
        assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    }

    @Test
    void metricsThatCannotBeMadeAreAnError() throws Exception {
        breaks.set(true);
        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(500);
        breaks.set(false);
        assertThat(send("GET", "/metrics").statusCode()).isEqualTo(200);
    }

    @Test
    void aTakenPortAndAWrongOneAreNamed() {
        assertThatThrownBy(() -> MetricsServer.start(LOOPBACK, server.port(), this::metrics, healthy::get))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(LOOPBACK + ":" + server.port());
        assertThatThrownBy(() -> MetricsServer.start(LOOPBACK, 70_000, this::metrics, healthy::get))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a port is 0 to 65535, not 70000");
    }

    @Test
    void listensNoMoreOnceItIsClosed() {
        server.close();
        assertThatThrownBy(() -> send("GET", "/health")).isInstanceOf(IOException.class);
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://" + LOOPBACK + ":" + server.port() + path);
        return client.send(
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }
}

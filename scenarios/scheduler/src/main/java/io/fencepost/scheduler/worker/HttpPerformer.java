package io.fencepost.scheduler.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scheduler.job.Work;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends the request of a timer, if its host is one that the operator allows. Redirects are not followed: the token is for whom the user named, and the host was allowed, not the next one. Of the answer only the beginning is read, and kept if it says why the request failed.
 *
 * <p>A request that was cancelled or not answered in time may have been delivered; whoever receives it should look at its {@code Fencing-Token}.
 */
final class HttpPerformer {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient client;
    private final Duration timeout;
    private final HttpHosts hosts;
    /** A look-up of a name cannot be interrupted: it is waited for, or left alone. */
    private final ExecutorService lookUps = Executors.newCachedThreadPool(Worker.threads("http-hosts"));

    /** @param timeout of a whole exchange, positive */
    HttpPerformer(Duration timeout, HttpHosts hosts) {
        this.timeout = timeout;
        this.hosts = hosts;
        client = HttpClient.newBuilder()
                .connectTimeout(timeout.compareTo(CONNECT_TIMEOUT) < 0 ? timeout : CONNECT_TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    String perform(Work.HttpCall call, JobContext context) throws Exception {
        long end = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        refuseUnlessAllowed(call);
        byte[] payload = context.payload();
        HttpRequest.Builder request = HttpRequest.newBuilder(call.uri())
                .method(
                        call.method(),
                        payload.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(payload));
        call.headers().forEach(request::setHeader);
        request.setHeader("Fencing-Token", context.token().toString())
                .setHeader("Job-Id", context.job().id().value())
                .setHeader("Job-Run", Long.toString(context.job().run()));

        CompletableFuture<HttpResponse<byte[]>> exchange =
                client.sendAsync(request.build(), answer -> new BodyHead(Details.MAX_LENGTH));
        try {
            HttpResponse<byte[]> answer = exchange.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            String status = "HTTP " + answer.statusCode();
            if (answer.statusCode() / 100 == 2) {
                return status;
            }
            String body = new String(answer.body(), UTF_8).strip();
            throw new WorkFailedException(body.isEmpty() ? status : status + ": " + body);
        } catch (TimeoutException e) {
            throw new WorkFailedException("no whole answer within " + timeout);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            // ends the exchange and its connection, if it is not over
            exchange.cancel(true);
        }
    }

    private void refuseUnlessAllowed(Work.HttpCall call) throws Exception {
        Future<Optional<String>> answer = lookUps.submit(() -> hosts.refusal(call.uri()));
        Optional<String> refusal;
        try {
            refusal = answer.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new WorkFailedException(
                    "the address of '" + call.uri().getHost() + "' was not found within " + timeout);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
        if (refusal.isPresent()) {
            throw new WorkRefusedException(refusal.get());
        }
    }
}

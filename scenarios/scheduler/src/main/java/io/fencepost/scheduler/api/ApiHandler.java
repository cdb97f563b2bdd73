package io.fencepost.scheduler.api;

import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides whether a request is served at all, finds its route, and sends the answer. Bodies are never logged. */
final class ApiHandler extends Handler.Abstract {
    private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

    /** Scripts and styles from here alone, no inline ones; pictures also from styles, as the page of the description has them. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** What probes ask must be answered however busy their address is. */
    private static final Set<String> NOT_LIMITED = Set.of("/health", "/ready");

    private final ApiOptions options;
    private final List<Route> routes;
    private final RateLimiter limiter;
    private final BrowserGuard guard;
    private final Duration bodyTime;

    /** @param bodyTime how long a body may take to come */
    ApiHandler(ApiOptions options, List<Route> routes, RateLimiter limiter, Duration bodyTime) {
        this.options = options;
        this.routes = routes;
        this.limiter = limiter;
        this.guard = new BrowserGuard(options);
        this.bodyTime = bodyTime;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Reply reply;
        try {
            reply = answer(request);
        } catch (Problem problem) {
            reply = problem.reply();
        } catch (StoreException e) {
            // no stack: while a store is down, each request would write one
            log.warn(
                    "the store did not answer {} {}: {}, {}",
                    request.getMethod(),
                    Request.getPathInContext(request),
                    e.getMessage(),
                    String.valueOf(e.getCause()));
            reply = Problem.unavailable("the store does not answer").reply();
        } catch (IOException | RuntimeException e) {
            Optional<Problem> problem = transport(e);
            if (problem.isEmpty()) {
                log.error("{} {} failed", request.getMethod(), Request.getPathInContext(request), e);
            }
            reply = problem.orElseGet(() -> new Problem(500, "Internal error", "a defect; the server's log tells more"))
                    .reply();
        }
        answer(reply, request, response, callback);
        return true;
    }

    private static void answer(Reply reply, Request request, Response response, Callback callback) {
        if (reply instanceof Reply.Whole whole) {
            send(whole, request, response, callback);
        } else if (reply instanceof Reply.Later later) {
            later.reply()
                    .thenAccept(known -> answer(known, request, response, callback))
                    .exceptionally(fault -> {
                        callback.failed(fault);
                        return null;
                    });
        } else if (reply instanceof Reply.Events events) {
            stream(events, request, response, callback);
        }
    }

    private Reply answer(Request request) throws IOException {
        String method = request.getMethod();
        String path = Request.getPathInContext(request);
        if (!NOT_LIMITED.contains(path)) {
            limit(request);
        }
        guard.check(request);
        Set<String> methods = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> values = route.match(path);
            if (values.isEmpty()) {
                continue;
            }
            methods.add(route.method());
            if (route.method().equals(method) || (route.method().equals("GET") && method.equals("HEAD"))) {
                if (!route.open()) {
                    authenticate(request);
                }
                return route.action().answer(new Call(request, values.get(), options.maxBodyBytes(), bodyTime));
            }
        }
        if (methods.isEmpty()) {
            throw new Problem(404, "Not found", "there is nothing at '" + Fields.shortened(path) + "'; see /docs");
        }
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        String allowed = String.join(", ", methods);
        throw new Problem(405, "Method not allowed", "allowed here: " + allowed + ", not " + Fields.shortened(method))
                .with("Allow", allowed);
    }

    private void limit(Request request) {
        OptionalLong wait = limiter.take(Request.getRemoteAddr(request));
        if (wait.isPresent()) {
            throw new Problem(
                            429,
                            "Too many requests",
                            "at most " + options.requestsPerSecond() + " requests a second from one address")
                    .with("Retry-After", String.valueOf(wait.getAsLong()));
        }
    }

    private void authenticate(Request request) {
        if (options.token().isEmpty()) {
            return;
        }
        String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        String scheme = "bearer ";
        boolean right = given != null
                && given.regionMatches(true, 0, scheme, 0, scheme.length())
                && MessageDigest.isEqual(
                        digest(given.substring(scheme.length()).strip()),
                        digest(options.token().get()));
        if (!right) {
            throw new Problem(
                            401,
                            "Unauthorized",
                            "a token is needed: Authorization: Bearer …; this one is wrong or missing")
                    .with("WWW-Authenticate", "Bearer realm=\"fencepost\"");
        }
    }

    /** Of equal length whatever the token, so that the time of the comparison tells nothing. */
    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What is the client's or the network's fault. */
    private static Optional<Problem> transport(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpException http) {
                return Optional.of(ofStatus(http.getCode()));
            }
            if (cause instanceof TimeoutException) {
                return Optional.of(ofStatus(408));
            }
        }
        return failure instanceof IOException
                ? Optional.of(new Problem(400, "Incomplete request", "the body ended early"))
                : Optional.empty();
    }

    static Problem ofStatus(int status) {
        String title = String.valueOf(HttpStatus.getMessage(status));
        return new Problem(status, title, status < 500 ? "the request is not valid HTTP, or too slow" : title);
    }

    private static void send(Reply.Whole reply, Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        secure(headers);
        reply.headers().forEach(headers::put);
        response.setStatus(reply.status());
        if (reply.status() == HttpStatus.NOT_MODIFIED_304) {
            callback.succeeded();
            return;
        }
        headers.put(HttpHeader.CONTENT_TYPE, reply.type());
        headers.put(HttpHeader.CONTENT_LENGTH, reply.body().length);
        boolean body = !request.getMethod().equals("HEAD");
        response.write(true, body ? ByteBuffer.wrap(reply.body()) : ByteBuffer.allocate(0), callback);
    }

    private static void stream(Reply.Events events, Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        secure(headers);
        headers.put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        // so that a proxy in between passes events on as they come
        headers.put("X-Accel-Buffering", "no");
        // so that a server that stops does not wait for the client to close what it would keep for later
        headers.put(HttpHeader.CONNECTION, "close");
        response.setStatus(200);
        if (request.getMethod().equals("HEAD")) {
            events.listener().release();
            callback.succeeded();
        } else {
            events.listener().begin(request, response, callback);
        }
    }

    private static void secure(HttpFields.Mutable headers) {
        headers.put("Content-Security-Policy", POLICY);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Opener-Policy", "same-origin");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    /** For what Jetty refuses before a handler sees it: the same form of answer. */
    static Request.Handler errors() {
        return (request, response, callback) -> {
            int status = response.getStatus() >= 400 ? response.getStatus() : 500;
            if (ofStatus(status).reply() instanceof Reply.Whole whole) {
                send(whole, request, response, callback);
            }
            return true;
        };
    }
}

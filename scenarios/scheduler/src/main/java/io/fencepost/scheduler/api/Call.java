package io.fencepost.scheduler.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.scheduler.job.JobId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** A request, as a route looks at it. */
final class Call {
    /** How much of a body that is too long is read, so that the client is through with sending and hears why it is refused. */
    private static final long MAX_DISCARDED = 64L << 20;

    private final Request request;
    private final Map<String, String> path;
    private final int maxBodyBytes;
    private final Duration time;

    /** @param time how long the body may take to come; a thread waits for it */
    Call(Request request, Map<String, String> path, int maxBodyBytes, Duration time) {
        this.request = request;
        this.path = path;
        this.maxBodyBytes = maxBodyBytes;
        this.time = time;
    }

    String path(String name) {
        return path.getOrDefault(name, "");
    }

    /** @throws Problem 404 if the path has none that a job could have */
    JobId jobId() {
        try {
            return new JobId(path("id"));
        } catch (IllegalArgumentException e) {
            throw Problem.noSuchJob(path("id"));
        }
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    Optional<String> header(HttpHeader name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    /** @throws Problem 400 if there are others, or one twice */
    Map<String, String> query(String... allowed) {
        Map<String, String> query = new HashMap<>();
        String text = request.getHttpURI().getQuery();
        if (text == null || text.isEmpty()) {
            return query;
        }
        Set<String> names = Set.of(allowed);
        for (String pair : text.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            if (!names.contains(name)) {
                String known = names.isEmpty()
                        ? "there are none"
                        : "there are " + names.stream().sorted().collect(Collectors.joining(", "));
                throw Problem.parameter(Fields.shortened(name), value, "not a parameter here; " + known);
            }
            if (query.putIfAbsent(name, value) != null) {
                throw Problem.parameter(name, value, "given once");
            }
        }
        return query;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.parameter("the query", text, "percent-encoded");
        }
    }

    /** @throws Problem 400, 413 or 415 */
    JsonNode json() throws IOException {
        return JobReader.parse(jsonBytes());
    }

    /**
     * The object of the body, or an empty one if there is no body.
     *
     * @throws Problem 400, 413, 415 or 422
     */
    Fields optionalObject() throws IOException {
        byte[] body = bytes();
        JsonNode json = Views.JSON.createObjectNode();
        if (body.length > 0) {
            refuseOtherTypes();
            json = JobReader.parse(body);
        }
        return object(json);
    }

    Fields object() throws IOException {
        return object(json());
    }

    private static Fields object(JsonNode json) {
        List<Problem.FieldError> errors = new ArrayList<>();
        if (!json.isObject()) {
            throw new Problem(422, "Invalid body", "the body is a JSON object, not another kind of JSON");
        }
        return new Fields(json, "", errors);
    }

    private byte[] jsonBytes() throws IOException {
        refuseOtherTypes();
        return bytes();
    }

    private void refuseOtherTypes() {
        String type = header(HttpHeader.CONTENT_TYPE).orElse("none");
        String[] parts =
                type.toLowerCase(Locale.ROOT).replace(" ", "").replace("\"", "").split(";", -1);
        boolean json = parts[0].equals(Reply.JSON)
                && (parts.length == 1 || (parts.length == 2 && parts[1].equals("charset=utf-8")));
        if (!json) {
            throw new Problem(
                            415,
                            "Unsupported media type",
                            "the body is " + Reply.JSON + " in UTF-8, not '" + Fields.shortened(type) + "'")
                    .with("Accept", Reply.JSON);
        }
        String encoding = header(HttpHeader.CONTENT_ENCODING).orElse("identity");
        if (!encoding.equalsIgnoreCase("identity")) {
            throw new Problem(
                            415,
                            "Unsupported encoding",
                            "the body is not encoded, unlike '" + Fields.shortened(encoding) + "'")
                    .with("Accept-Encoding", "identity");
        }
    }

    private byte[] bytes() throws IOException {
        long length = request.getLength();
        long begin = System.nanoTime();
        boolean tooLong = length > maxBodyBytes;
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 14];
        long read = 0;
        try (InputStream in = Content.Source.asInputStream(request)) {
            for (int n = in.read(buffer); n >= 0 && read <= maxBodyBytes + MAX_DISCARDED; n = in.read(buffer)) {
                read += n;
                tooLong |= read > maxBodyBytes;
                if (!tooLong) {
                    body.write(buffer, 0, n);
                }
                if (System.nanoTime() - begin > time.toNanos()) {
                    throw new Problem(
                            408,
                            "Request timeout",
                            "a body comes within " + time.toSeconds() + " s; of this one " + read
                                    + " bytes came until then");
                }
            }
        }
        if (tooLong) {
            throw new Problem(
                    413,
                    "Body too large",
                    "a body has at most " + maxBodyBytes + " bytes, not "
                            + (length > maxBodyBytes ? String.valueOf(length) : "more"));
        }
        return body.toByteArray();
    }
}

package io.fencepost.scheduler.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Why a request is refused: what becomes an answer of {@code application/problem+json} (RFC 9457). */
final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    static final String CONTENT_TYPE = "application/problem+json";

    /** So that an array of bad jobs does not make an answer longer than the question. */
    private static final int MAX_ERRORS = 50;

    private final int status;
    private final String title;
    private final transient List<FieldError> errors;
    private final transient Map<String, String> headers = new TreeMap<>();
    private final transient Map<String, List<String>> lists = new TreeMap<>();

    /**
     * What is wrong with one part of the request.
     *
     * @param field a JSON pointer into the body, or the name of a query parameter
     * @param value as it was given, shortened
     * @param allowed in words
     */
    record FieldError(String field, String value, String allowed) {}

    Problem(int status, String title, String detail) {
        this(status, title, detail, List.of());
    }

    Problem(int status, String title, String detail, List<FieldError> errors) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.errors = List.copyOf(errors);
    }

    /** A query parameter out of its range. */
    static Problem parameter(String name, String value, String allowed) {
        return new Problem(
                400,
                "Bad parameter",
                name + " is " + allowed + ", not '" + Fields.shortened(value) + "'",
                List.of(new FieldError(name, Fields.shortened(value), allowed)));
    }

    static Problem noSuchJob(String id) {
        return new Problem(404, "No such job", "there is no job '" + Fields.shortened(id) + "'");
    }

    /** The store did not answer. */
    static Problem unavailable(String detail) {
        return new Problem(503, "Store unavailable", detail).with("Retry-After", "1");
    }

    Problem with(String header, String value) {
        headers.put(header, value);
        return this;
    }

    /** Adds a member of that name to the answer. */
    Problem listing(String name, List<String> values) {
        lists.put(name, List.copyOf(values));
        return this;
    }

    int status() {
        return status;
    }

    Reply reply() {
        ObjectNode json = Views.JSON.createObjectNode();
        json.put(
                "type",
                "urn:fencepost:problem:" + title.toLowerCase(Locale.ROOT).replace(' ', '-'));
        json.put("title", title);
        json.put("status", status);
        json.put("detail", getMessage());
        if (!errors.isEmpty()) {
            ArrayNode list = json.putArray("errors");
            for (FieldError error : errors.subList(0, Math.min(errors.size(), MAX_ERRORS))) {
                list.addObject()
                        .put("field", error.field())
                        .put("value", error.value())
                        .put("allowed", error.allowed());
            }
        }
        lists.forEach((name, values) -> values.forEach(json.withArray("/" + name)::add));
        return Reply.of(status, CONTENT_TYPE, Views.bytes(json), headers);
    }
}

package io.fencepost.scheduler.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What a route answers. */
sealed interface Reply {
    /** The type of every answer that is data. */
    String JSON = "application/json";

    /**
     * All at once.
     *
     * @param body not copied, not to be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Whole(int status, String type, byte[] body, Map<String, String> headers) implements Reply {}

    /**
     * All at once, when it is known.
     *
     * @param reply never fails
     */
    record Later(CompletableFuture<Reply> reply) implements Reply {}

    /**
     * Server-sent events, until the client goes or the server stops.
     *
     * @param listener not yet begun
     */
    record Events(EventFeed.Listener listener) implements Reply {}

    static Reply json(int status, JsonNode json) {
        return of(status, JSON, Views.bytes(json), Map.of());
    }

    static Reply json(JsonNode json) {
        return json(200, json);
    }

    static Reply of(int status, String type, byte[] body, Map<String, String> headers) {
        return new Whole(status, type, body, Map.copyOf(headers));
    }
}

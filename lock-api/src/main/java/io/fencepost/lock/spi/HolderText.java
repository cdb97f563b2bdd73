package io.fencepost.lock.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What a lock's value says of its holder, as one line of text that operators can read in the backend's own tools:
 * {@code attempt=…&holder=…&ttl=…&host=…&pid=…}, form-encoded. For backends whose locks carry one value.
 *
 * @param attemptId of the attempt that holds the lock
 * @param holder id of its client
 * @param ttlMillis of its lease
 * @param metadata of its client
 */
public record HolderText(UUID attemptId, String holder, long ttlMillis, Map<String, String> metadata) {
    private static final String ATTEMPT = "attempt";
    private static final String HOLDER = "holder";
    private static final String TTL = "ttl";

    public HolderText {
        metadata = Map.copyOf(metadata);
    }

    public static HolderText of(AttemptRequest request) {
        return new HolderText(
                request.attemptId(), request.holder(), request.ttl().toMillis(), request.metadata());
    }

    /** The text; equal parts give equal text. */
    public String encode() {
        StringBuilder text = new StringBuilder(160);
        append(text, ATTEMPT, attemptId.toString());
        append(text, HOLDER, holder);
        append(text, TTL, Long.toString(ttlMillis));
        new TreeMap<>(metadata).forEach((key, value) -> append(text, "m." + key, value));
        return text.toString();
    }

    private static void append(StringBuilder text, String key, String value) {
        if (!text.isEmpty()) {
            text.append('&');
        }
        text.append(URLEncoder.encode(key, UTF_8)).append('=').append(URLEncoder.encode(value, UTF_8));
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if it was not written by it
     */
    public static HolderText decode(String text) {
        Map<String, String> fields = new TreeMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw notOurs(text);
            }
            fields.put(
                    URLDecoder.decode(pair.substring(0, equals), UTF_8),
                    URLDecoder.decode(pair.substring(equals + 1), UTF_8));
        }
        String attempt = fields.remove(ATTEMPT);
        String holder = fields.remove(HOLDER);
        String ttl = fields.remove(TTL);
        if (attempt == null || holder == null || ttl == null) {
            throw notOurs(text);
        }
        Map<String, String> metadata = new TreeMap<>();
        fields.forEach((key, value) -> metadata.put(key.startsWith("m.") ? key.substring(2) : key, value));
        return new HolderText(UUID.fromString(attempt), holder, Long.parseLong(ttl), metadata);
    }

    private static IllegalArgumentException notOurs(String text) {
        return new IllegalArgumentException("not the value of a lock: '" + text + "'");
    }
}

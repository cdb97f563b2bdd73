package io.fencepost.lock.redlock;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * One run of one server process, as it describes itself.
 *
 * @param runId random at every start
 * @param uptimeSeconds since that start, by its own wall clock: a jump of that ahead makes it too great
 * @param master whether it takes writes of its own
 * @param appendOnly its setting of that name, or {@code ?} where it may not be asked
 * @param appendFsync likewise
 * @param evictionPolicy {@code maxmemory-policy}, likewise
 * @param marker what stands in its marker key, as {@link Marker} explains; empty if nothing does
 */
record Incarnation(
        String runId,
        long uptimeSeconds,
        boolean master,
        String appendOnly,
        String appendFsync,
        String evictionPolicy,
        String marker) {
    /**
     * @param info the text that INFO answers
     * @param config what CONFIG GET answered, as far as it was allowed
     * @throws IllegalArgumentException if the text lacks the run id: then it is no server that we know how to judge
     */
    static Incarnation parse(String info, Map<String, String> config, String marker) {
        Map<String, String> fields = info.lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')),
                        line -> line.substring(line.indexOf(':') + 1).trim(),
                        (first, second) -> first));
        String runId = fields.getOrDefault("run_id", "");
        String uptime = fields.getOrDefault("uptime_in_seconds", "0");
        if (runId.isEmpty() || !uptime.matches("\\d{1,18}")) {
            throw new IllegalArgumentException("INFO of the server lacks run_id or uptime_in_seconds");
        }
        return new Incarnation(
                runId,
                Long.parseLong(uptime),
                "master".equals(fields.getOrDefault("role", "master")),
                config.getOrDefault("appendonly", "?"),
                config.getOrDefault("appendfsync", "?"),
                config.getOrDefault("maxmemory-policy", "?"),
                marker);
    }

    /** Whether it syncs every write before it acknowledges it, so that a restart loses none. */
    boolean syncsEveryWrite() {
        return appendOnly.equals("yes") && appendFsync.equals("always");
    }

    /** Whether it never drops a key to make room. */
    boolean evictsNothing() {
        return evictionPolicy.equals("noeviction");
    }

    /** The three settings that decide what it forgets, for messages. */
    String keeps() {
        return "appendonly=" + appendOnly + " appendfsync=" + appendFsync + " maxmemory-policy=" + evictionPolicy;
    }
}

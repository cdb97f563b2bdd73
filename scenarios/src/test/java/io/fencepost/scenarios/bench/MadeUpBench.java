package io.fencepost.scenarios.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes the folder of a run whose figures a test knows, in the format of JMH 1.37. */
final class MadeUpBench {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final Map<String, String> BACKENDS = Map.ofEntries(
            Map.entry("cassandra", "cassandra"),
            Map.entry("cassandra-raw", "cassandra"),
            Map.entry("shedlock-cassandra", "cassandra"),
            Map.entry("redlock", "redis"),
            Map.entry("redis-raw-quorum", "redis"),
            Map.entry("redisson-redlock", "redis"),
            Map.entry("redlock-no-handoff", "redis"),
            Map.entry("zookeeper", "zookeeper"),
            Map.entry("zookeeper-fair", "zookeeper"),
            Map.entry("curator-mutex", "zookeeper"),
            Map.entry("memory", "memory"));
    private static final List<String> OURS = List.of("cassandra", "redlock", "zookeeper", "zookeeper-fair", "memory");

    private final Path folder;
    private int index;

    MadeUpBench(Path folder) throws IOException {
        this.folder = folder;
        environment("goals", "");
    }

    void environment(String profile, String pattern) throws IOException {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("run", "made-up");
        root.put("profile", profile);
        root.put("command", "fencepost bench --goals");
        ObjectNode asked = root.putObject("asked");
        asked.put("benchmarks", pattern);
        asked.putArray("backends").add("cassandra").add("redis").add("memory");
        ObjectNode contestants = root.putObject("contestants");
        BACKENDS.forEach((id, backend) -> contestants
                .putObject(id)
                .put("backend", backend)
                .put("role", OURS.contains(id) ? "ours" : id.equals("redlock-no-handoff") ? "experiment" : "peer")
                .put("version", "1")
                .put("guarantee", "what " + id + " promises & <leaves out>"));
        Files.writeString(folder.resolve("environment.json"), root.toPrettyString());
    }

    /** One client, one thread, nothing stopped: p50 in microseconds, the mean being a tenth more and p99 twice as much. */
    void timed(String benchmark, String contestant, int round, double p50) throws IOException {
        timed(benchmark, contestant, round, p50, 0, Map.of());
    }

    void timed(
            String benchmark,
            String contestant,
            int round,
            double p50,
            int stoppedNodes,
            Map<String, String> parameters)
            throws IOException {
        ObjectNode extra = extra(benchmark, contestant, 1, 1, stoppedNodes, parameters);
        write(contestant, round, jmh(benchmark, "sample", p50, "us/op"), extra);
    }

    /** A fork in which threads wanted one lock for ten seconds. */
    void contended(
            String contestant,
            int round,
            int clients,
            int threads,
            long acquired,
            double waitP99,
            Map<String, String> parameters)
            throws IOException {
        ObjectNode extra = extra("Contended.cycle", contestant, clients, threads, 0, parameters);
        extra.put("acquired", acquired).put("seconds", 10.0);
        extra.putObject("waitMicros")
                .put("p50", waitP99 / 2)
                .put("p99", waitP99)
                .put("mean", waitP99 / 2);
        Collections.nCopies(threads, acquired / threads).forEach(extra.putArray("grantsPerThread")::add);
        write(contestant, round, jmh("Contended.cycle", "thrpt", acquired / 10.0, "ops/s"), extra);
    }

    void memory(int round, double nanos, double bytes) throws IOException {
        String json = jmh("MemoryCycle.cycle", "avgt", nanos, "ns/op")
                .replace(
                        "\"secondaryMetrics\" : {",
                        "\"secondaryMetrics\" : {\"gc.alloc.rate.norm\" : {\"score\" : " + bytes
                                + ", \"scoreError\" : \"NaN\", \"scoreUnit\" : \"B/op\"}");
        write("memory", round, json, extra("MemoryCycle.cycle", "memory", 1, 1, 0, Map.of()));
    }

    void withoutResult(String benchmark, String contestant, int round, String field, String reason) throws IOException {
        write(
                contestant,
                round,
                "",
                extra(benchmark, contestant, 1, 1, 0, Map.of()).put(field, reason));
    }

    void tokenViolation(String contestant, int round) throws IOException {
        ObjectNode extra = extra("Contended.cycle", contestant, 2, 2, 0, Map.of());
        extra.put("tokenViolations", 3);
        write(contestant, round, "", extra.put("error", "tokens did not grow"));
    }

    void takeovers(String provider, double ttl, double least, double greatest, int kills) throws IOException {
        Path file = Files.createDirectories(folder.resolve("takeover")).resolve("chaos.csv");
        String rows =
                Files.exists(file) ? Files.readString(file) : "run,provider,scenario,metric,unit,value,low,high,n\n";
        String start = "made-up," + provider + ",takeover,";
        Files.writeString(
                file,
                rows + start + "takeover_p50,ms," + (least + greatest) / 2 + "," + least + "," + greatest + "," + kills
                        + "\n" + start + "takeover_max,ms," + greatest + ",,," + kills + "\n" + start + "ttl,ms," + ttl
                        + ",,," + kills + "\n" + start + "double_holders,count,0,,,9\n");
    }

    private static ObjectNode extra(
            String benchmark,
            String contestant,
            int clients,
            int threads,
            int stoppedNodes,
            Map<String, String> parameters) {
        ObjectNode extra = MAPPER.createObjectNode();
        ObjectNode configuration = extra.putObject("configuration");
        configuration.put("backend", String.valueOf(BACKENDS.get(contestant)));
        configuration.put("benchmark", benchmark).put("contestant", contestant);
        configuration.put("clients", clients).put("threads", threads).put("stoppedNodes", stoppedNodes);
        parameters.forEach(configuration.putObject("params")::put);
        extra.put("acquired", 1000).put("contended", 0).put("unavailable", 0).put("unknown", 0);
        return extra.put("tokenViolations", 0).put("overlaps", 0).put("seconds", 4.0);
    }

    private void write(String contestant, int round, String json, ObjectNode extra) throws IOException {
        extra.put("round", round);
        Path rounds = Files.createDirectories(folder.resolve("jmh")
                .resolve(String.valueOf(BACKENDS.get(contestant)))
                .resolve("round-%02d".formatted(round)));
        String name = "%03d-%s".formatted(index++, contestant);
        if (!json.isEmpty()) {
            Files.writeString(rounds.resolve(name + ".json"), json);
        }
        Files.writeString(rounds.resolve(name + ".extra.json"), extra.toPrettyString());
    }

    private static String jmh(String benchmark, String mode, double score, String unit) {
        return """
                [
                    {
                        "jmhVersion" : "1.37",
                        "benchmark" : "io.fencepost.jmh.%s",
                        "mode" : "%s",
                        "threads" : 1,
                        "forks" : 1,
                        "primaryMetric" : {
                            "score" : %s,
                            "scoreError" : "NaN",
                            "scoreConfidence" : ["NaN", "NaN"],
                            "scorePercentiles" : {"0.0" : 1.0, "50.0" : %s, "90.0" : %s, "99.0" : %s, "100.0" : %s},
                            "scoreUnit" : "%s",
                            "rawData" : [[%s]]
                        },
                        "secondaryMetrics" : {
                        }
                    }
                ]
                """.formatted(
                        benchmark,
                        mode,
                        number(score * (mode.equals("sample") ? 1.1 : 1)),
                        number(score),
                        number(score * 1.5),
                        number(score * 2),
                        number(score * 3),
                        unit,
                        number(score));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.9f", value);
    }
}

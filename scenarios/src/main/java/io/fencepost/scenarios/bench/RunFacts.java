package io.fencepost.scenarios.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What {@code environment.json} tells of a run.
 *
 * @param run its name
 * @param command that does it again
 * @param goals whether the goals were what it was made for
 * @param backends that were asked for
 * @param contestants by id
 */
record RunFacts(String run, String command, boolean goals, Set<String> backends, Map<String, Contestant> contestants) {
    /** The profile of a run that measures what the goals need. */
    static final String GOALS = "goals";

    static RunFacts read(Path folder) throws IOException {
        Path file = folder.resolve("environment.json");
        if (!Files.isRegularFile(file)) {
            throw new IOException(file + " is not there: this is no run of fencepost bench");
        }
        JsonNode root;
        try {
            root = JsonMapper.builder().build().readTree(file.toFile());
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        Set<String> backends = new LinkedHashSet<>();
        root.path("asked").path("backends").forEach(backend -> backends.add(backend.asText()));
        Map<String, Contestant> contestants = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.path("contestants").properties()) {
            JsonNode facts = entry.getValue();
            contestants.put(
                    entry.getKey(),
                    new Contestant(
                            entry.getKey(),
                            facts.path("backend").asText(),
                            facts.path("role").asText(),
                            facts.path("version").asText(),
                            facts.path("guarantee").asText()));
        }
        boolean everyBenchmark = root.path("asked").path("benchmarks").asText().isEmpty();
        return new RunFacts(
                root.path("run")
                        .asText(folder.toAbsolutePath()
                                .normalize()
                                .getFileName()
                                .toString()),
                root.path("command").asText(),
                everyBenchmark && root.path("profile").asText().equals(GOALS),
                backends,
                contestants);
    }
}

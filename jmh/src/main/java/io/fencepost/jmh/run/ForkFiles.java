package io.fencepost.jmh.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files of one fork. */
final class ForkFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;
    private final String name;

    ForkFiles(Path folder, String name) {
        this.folder = folder;
        this.name = name;
    }

    /** JMH's own. */
    Path result() {
        return folder.resolve(name + ".json");
    }

    /** What JMH printed. */
    Path log() {
        return folder.resolve(name + ".log");
    }

    /** What the fork wrote of what it saw, until it is in the side file. */
    Path seen() {
        return folder.resolve(name + ".seen");
    }

    /** Is there while the fork waits for the runner. */
    Path connected() {
        return folder.resolve(name + ".connected");
    }

    Path extra() {
        return folder.resolve(name + ".extra.json");
    }

    /**
     * Writes the side file, and removes what is not to be kept: the empty result that a failed fork leaves, and what the fork wrote for this file.
     *
     * @param notRun why not, or null
     * @param error what went wrong, or null
     */
    void writeExtra(Configuration configuration, int round, @Nullable String notRun, @Nullable String error)
            throws IOException {
        ObjectNode extra = JSON.createObjectNode();
        extra.set("configuration", configuration.json());
        extra.put("round", round);
        if (Files.exists(seen()) && Files.size(seen()) > 0) {
            JsonNode seen = JSON.readTree(seen().toFile());
            seen.properties().forEach(field -> extra.set(field.getKey(), field.getValue()));
        }
        if (notRun != null) {
            extra.put("notRun", notRun);
        }
        if (error != null) {
            extra.put("error", error);
            Files.deleteIfExists(result());
        }
        forgetPlaces();
        Files.deleteIfExists(seen());
        Files.deleteIfExists(connected());
        JSON.writeValue(extra().toFile(), extra);
    }

    /** Takes out of JMH's result where on this machine its JVM and these files are: nobody needs it, and results are published. */
    private void forgetPlaces() throws IOException {
        if (!Files.exists(result()) || Files.size(result()) == 0) {
            return;
        }
        JsonNode runs = JSON.readTree(result().toFile());
        for (JsonNode run : runs) {
            if (run instanceof ObjectNode object) {
                object.put("jvm", "java");
                ArrayNode kept = JSON.createArrayNode();
                object.path("jvmArgs").forEach(argument -> {
                    if (!argument.asText().contains(folder.toAbsolutePath().toString())) {
                        kept.add(argument);
                    }
                });
                object.set("jvmArgs", kept);
            }
        }
        Files.writeString(result(), JSON.writeValueAsString(runs) + "\n");
    }
}

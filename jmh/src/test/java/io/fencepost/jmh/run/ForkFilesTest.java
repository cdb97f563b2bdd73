package io.fencepost.jmh.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkFilesTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void whatIsKeptTellsNoPlacesOfTheMachine() throws IOException {
        Configuration configuration = Plan.goals().configurations().get(0);
        ForkFiles files = new ForkFiles(folder, "01-some");
        String result = """
                [{"benchmark": "a.B.c", "jvm": "/some/where/bin/java", "jvmArgs": ["-Xms512m", "-Dseen=%s"], "primaryMetric": {"score": 1.5}}]
                """.formatted(files.seen().toAbsolutePath());
        Files.writeString(files.result(), result);

        files.writeExtra(configuration, 1, null, null);

        JsonNode kept = JSON.readTree(files.result().toFile());
        assertThat(kept).hasSize(1);
        assertThat(kept.get(0).get("jvm").asText()).isEqualTo("java");
        assertThat(kept.get(0).get("jvmArgs").toString()).isEqualTo("[\"-Xms512m\"]");
        assertThat(kept.get(0).get("benchmark").asText()).isEqualTo("a.B.c");
        assertThat(kept.get(0).get("primaryMetric").get("score").asDouble()).isEqualTo(1.5);
    }
}

package io.fencepost.scenarios.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.scenarios.check.GrantRecord;
import io.fencepost.scenarios.stats.Interval;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void measurementsAreWrittenInLongFormat() throws IOException {
        Path path = folder.resolve("bench.csv");
        MeasurementFile file = new MeasurementFile(path, "run 1, \"quick\"");
        file.append(List.of(new Measurement(
                "redlock",
                "uncontended",
                "acquire_p50",
                "us",
                812.345678,
                Optional.of(new Interval(0.000012345678, 12_345_678)),
                1234)));
        file.append(
                List.of(new Measurement("redlock", "kill-node", "failed_attempts", "count", 0, Optional.empty(), 10)));

        assertThat(Files.readString(path))
                .isEqualTo("run,provider,scenario,metric,unit,value,low,high,n\n"
                        + "\"run 1, \"\"quick\"\"\",redlock,uncontended,acquire_p50,us,812.346,0.0000123457,12345700,1234\n"
                        + "\"run 1, \"\"quick\"\"\",redlock,kill-node,failed_attempts,count,0,,,10\n");
    }

    @Test
    void anEarlierRunIsNotOverwritten() throws IOException {
        Path path = Files.writeString(folder.resolve("bench.csv"), "kept");

        assertThatThrownBy(() -> new MeasurementFile(path, "run")).isInstanceOf(FileAlreadyExistsException.class);
        assertThatThrownBy(() -> new GrantFile(path)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(path).hasContent("kept");
    }

    @Test
    void aMeasurementIsANumber() {
        assertThatThrownBy(() -> new Measurement("redlock", "floor", "ratio", "ratio", Double.NaN, Optional.empty(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ratio of redlock in floor is NaN");
    }

    @Test
    void grantsAreWrittenCompressed() throws IOException {
        Path path = folder.resolve("grants.csv.gz");
        try (GrantFile file = new GrantFile(path)) {
            file.append(List.of(
                    new GrantRecord("handoff", "a,b", "w1", 3, 42, 1, 2, 3, 4, 5),
                    new GrantRecord("takeover", "a", "w2", 0, 43, 1, 2, 3, GrantRecord.NEVER, 5)));
        }

        try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
            assertThat(new String(in.readAllBytes(), UTF_8))
                    .isEqualTo("scenario,lock,process,thread,token,called_ns,attempt_ns,granted_ns,released_ns,"
                            + "valid_until_ns\n"
                            + "handoff,\"a,b\",w1,3,42,1,2,3,4,5\n"
                            + "takeover,a,w2,0,43,1,2,3,,5\n");
        }
    }

    @Test
    void theEnvironmentSaysWhatWasMeasuredAndHowToDoItAgain() throws IOException {
        Path path = folder.resolve("environment.json");
        EnvironmentFile file = new EnvironmentFile(
                path,
                "run-1",
                Instant.parse("2026-01-02T03:04:05.678Z"),
                7,
                "quick",
                "fencepost compare --seed 7",
                Map.of("lettuce", "7.7"),
                folder);
        file.putClock("the same");
        file.putProvider(
                "redlock",
                Capabilities.builder("redlock", FencingClass.QUORUM)
                        .guarantee("one holder")
                        .grace(Duration.ofMillis(5))
                        .build(),
                "redlock://127.0.0.1:1",
                "6.2.11",
                "5 x redis");
        file.putFloor("redlock", "one EVALSHA");
        file.write();

        JsonNode json = JsonMapper.builder().build().readTree(Files.readString(path));
        assertThat(json.at("/run").asText()).isEqualTo("run-1");
        assertThat(json.at("/started").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(json.at("/seed").asLong()).isEqualTo(7);
        assertThat(json.at("/command").asText()).isEqualTo("fencepost compare --seed 7");
        assertThat(json.at("/versions/lettuce").asText()).isEqualTo("7.7");
        assertThat(json.at("/versions/redlock server").asText()).isEqualTo("6.2.11");
        assertThat(json.at("/machine/processors").asInt()).isPositive();
        assertThat(json.at("/machine/memory_mib").asLong()).isPositive();
        assertThat(json.at("/providers/redlock/guarantee").asText()).isEqualTo("one holder");
        assertThat(json.at("/providers/redlock/grace").asText()).isEqualTo("PT0.005S");
        assertThat(json.at("/providers/redlock/config/cluster").asText()).isEqualTo("5 x redis");
        assertThat(json.at("/floors/redlock").asText()).isEqualTo("one EVALSHA");
    }
}

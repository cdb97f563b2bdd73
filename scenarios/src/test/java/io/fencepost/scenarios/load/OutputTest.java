package io.fencepost.scenarios.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.scenarios.worker.Arrivals;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void oneRowAPlanWithEmptyTimesWhereNothingWasGranted() throws IOException {
        Path path = folder.resolve("ladder.csv");
        StepFile file = new StepFile(path, "run 1, ladder");
        file.append(Steps.step(960, 3, 20).withSaturated("p99 is 20 ms, above 10 ms"));
        file.append(Steps.step(0, 0, 0));

        assertThat(path).hasContent("""
                        run,provider,contention,planned_rate,achieved_rate,p50_ms,p90_ms,p95_ms,p99_ms,p999_ms,max_ms,service_p50_ms,service_p99_ms,release_p50_ms,late_starts,failed,saturated,seconds,locks,planned,granted,backlog,contended,unavailable,unknown,unstarted,failed_p50_ms,failed_max_ms,reason
                        "run 1, ladder",redlock,medium,100.00,96.00,1.500,2.000,3.000,20.000,21.000,22.000,1.250,2.500,0.750,17,40,true,10.00,8,1000,960,3,0,0,0,40,0.000,0.000,"p99 is 20 ms, above 10 ms"
                        "run 1, ladder",redlock,medium,100.00,0.00,,,,,,,,,,17,1000,false,10.00,8,1000,0,0,0,0,0,1000,0.000,0.000,
                        """);
        assertThatThrownBy(() -> new StepFile(path, "other")).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void thePageHasACurveForWhatWasGrantedAndMarksWhatIsSaturated() throws IOException {
        Path path = folder.resolve("load.html");
        LoadOptions options = new LoadOptions(
                List.of(Subject.REDLOCK, Subject.ZOOKEEPER_FAIR),
                List.of(Contention.MEDIUM, Contention.HIGH),
                true,
                OptionalDouble.empty(),
                1.5,
                10,
                Duration.ofSeconds(10),
                Duration.ZERO,
                2,
                64,
                Duration.ZERO,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                Duration.ofMillis(500),
                Arrivals.POISSON,
                1);

        LoadPage.write(
                path,
                options,
                List.of(Steps.step(1_000, 0, 20), Steps.step(0, 0, 0).withSaturated("a < b")));

        String page = Files.readString(path);
        assertThat(page)
                .contains(
                        "medium contention: 8 locks", "<g class=\"redlock\">", "a &lt; b", "prefers-color-scheme:dark")
                .doesNotContain("high contention", "a < b", "NaN", "http://", "https://");

        LoadPage.write(path, options, List.of(Steps.step(900, 0, 700).withSaturated("too late")));

        assertThat(Files.readString(path)).contains("class=\"dot hollow\"", "too late");
    }

    @Test
    void anAxisGoesAroundWhatIsShown() {
        assertThat(LogAxis.around(List.of(0.3, 42.0))).isEqualTo(new LogAxis(0.2, 50));
        assertThat(LogAxis.around(List.of(20.0, 20.0))).isEqualTo(new LogAxis(20, 50));
        assertThat(LogAxis.around(List.of())).isEqualTo(new LogAxis(1, 10));
        LogAxis axis = new LogAxis(1, 100);
        assertThat(axis.ticks()).containsExactly(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0);
        assertThat(axis.position(10)).isEqualTo(0.5);
        assertThat(axis.position(1_000)).isEqualTo(1);
    }
}

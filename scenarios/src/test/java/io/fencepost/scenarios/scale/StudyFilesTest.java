package io.fencepost.scenarios.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.jmh.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyFilesTest {
    private static final Load LOAD = Load.of(2, 8, 1);
    private static final Study.Result RESULT = new Study.Result(
            List.of(
                    new Study.Row(Target.ZOOKEEPER, "measured", LOAD, new Figures(100, 1.5, 2, 30, Double.NaN)),
                    new Study.Row(Target.ZOOKEEPER, "checked", LOAD, new Figures(110, 1.25, 3, 20, 0.5)),
                    new Study.Row(
                            Target.ZOOKEEPER, "modelled", LOAD.withRtt(10_000), new Figures(10, 2, 300, 2_000, 0.1))),
            List.of(new Study.Limit(Target.ZOOKEEPER, 10_000, 12.5, 64, 900, 12_000, 78)),
            List.of(new Study.Fit(Target.ZOOKEEPER, new Costs(1, 1, 1, 100, 20, 900, 2, true))));

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void theModelStandsBesideWhatWasMeasured() {
        assertThat(StudyFiles.page(RESULT))
                .contains("| zookeeper | 2 × 8 | 1 | 100.0 | 110.0 | 1.10 | 1.50 | 1.25 |")
                .contains("| zookeeper | 10 | 12.5 | 64 | 900 | 12000 | 78 |");
    }

    @Test
    void everyRowIsInTheFileAndWhatWasNotCountedIsEmpty() throws IOException {
        StudyFiles.write(folder, RESULT);
        assertThat(Files.readAllLines(folder.resolve("scale.csv")))
                .containsExactly(
                        "provider,kind,clients,threads,locks,rtt_ms,grants_per_s,rounds_per_grant,wait_p50_ms,wait_p99_ms,utilisation",
                        "zookeeper,measured,2,8,1,0,100,1.5,2,30,",
                        "zookeeper,checked,2,8,1,0,110,1.25,3,20,0.5",
                        "zookeeper,modelled,2,8,1,10,10,2,300,2000,0.1");
    }
}

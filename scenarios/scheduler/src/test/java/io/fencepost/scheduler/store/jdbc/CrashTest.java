package io.fencepost.scheduler.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.store.Crashes;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that the embedded store acknowledged is lost when its clients are killed. */
class CrashTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void whatWasAcknowledgedIsThereAfterKills() throws Exception {
        Path file = folder.resolve("jobs.db");
        Crashes.survives("sqlite:" + file, 10, 20_261_122);
        assertThat(file).isNotEmptyFile();
    }
}

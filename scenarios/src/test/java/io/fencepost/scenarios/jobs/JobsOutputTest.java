package io.fencepost.scenarios.jobs;

import static io.fencepost.scheduler.job.JobEvent.Kind.BEGAN;
import static io.fencepost.scheduler.job.JobEvent.Kind.SUCCEEDED;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scenarios.output.MeasurementFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsOutputTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void aTableIsWrittenForMachinesAndPeople() throws IOException {
        Table table = new Table(folder, "jobs", "run-1", "What it is.", List.of("provider", "reason"));
        table.append(List.of("redlock", "a, b | c"));

        assertThat(folder.resolve("jobs.csv")).hasContent("run,provider,reason\nrun-1,redlock,\"a, b | c\"\n");
        assertThat(folder.resolve("jobs.md"))
                .hasContent("What it is.\n\n| provider | reason |\n| --- | --- |\n| redlock | a, b \\| c |\n");
    }

    @Test
    void figuresAreInTheLongFormatOfAllResults() throws IOException {
        Books books = new Books();
        books.add(
                Histories.JOB,
                Histories.DUE,
                Histories.submitted().then(BEGAN, 3, 0).then(SUCCEEDED, 3, 500).events());
        Path path = folder.resolve("figures.csv");

        new MeasurementFile(path, "run-1")
                .append(FiguresRun.measurements("redlock", "jobs-sqlite-4B-1", books, books.verdict(), 10, 1));

        assertThat(path)
                .content()
                .startsWith("run,provider,scenario,metric,unit,value,low,high,n\n")
                .contains(
                        "run-1,redlock,jobs-sqlite-4B-1,jobs,ops/s,2,,,1\n",
                        "run-1,redlock,jobs-sqlite-4B-1,completed,count,1,,,1\n",
                        "run-1,redlock,jobs-sqlite-4B-1,stale_accepted,count,0,,,1\n",
                        "run-1,redlock,jobs-sqlite-4B-1,refused,count,1,,,1\n");
    }
}

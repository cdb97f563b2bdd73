package io.fencepost.scheduler.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStoreContract;
import io.fencepost.scheduler.store.JobStores;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcJobStoreTest extends JobStoreContract {
    @TempDir
    private Path folder = Path.of("");

    private JobStore store;
    private JobStore another;

    @BeforeEach
    void open() {
        store = JobStores.open("sqlite:" + file());
        another = JobStores.open("sqlite:" + file());
    }

    @AfterEach
    void close() {
        store.close();
        another.close();
    }

    private Path file() {
        return folder.resolve("jobs.db");
    }

    @Override
    protected JobStore store() {
        return store;
    }

    @Override
    protected JobStore another() {
        return another;
    }

    private Job job() {
        return Job.submitted(
                JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[640], new Schedule.At(now)),
                now,
                now);
    }

    @ParameterizedTest
    @ValueSource(strings = {JdbcJobStore.LANES, JdbcJobStore.DUE, JdbcJobStore.SILENT, JdbcJobStore.ASSIGNED})
    void pollingSearchesIndexesAndScansNoJobs(String query) throws SQLException {
        store.submit(IntStream.range(0, 100).mapToObj(i -> job()).toList());
        try (Link link = new Database(file()).writer()) {
            link.update("ANALYZE");
            // what is bound makes no difference to the plan; what is not bound is null
            List<String> plan = link.list("EXPLAIN QUERY PLAN " + query, row -> row.getString(4));
            assertThat(plan).anyMatch(step -> step.contains("USING") && step.contains("INDEX"));
            assertThat(plan).noneMatch(step -> step.matches("SCAN (jobs|j|k|specs)") || step.contains("AUTOMATIC"));
        }
    }

    @Test
    void lanesAreFoundByStepsOverTheJobsOfEach() throws SQLException {
        try (Link link = new Database(file()).writer()) {
            assertThat(link.list("EXPLAIN QUERY PLAN " + JdbcJobStore.LANES, row -> row.getString(4)))
                    .anyMatch(step -> step.endsWith("jobs_due (tenant=? AND priority>?)"))
                    .anyMatch(step -> step.endsWith("jobs_due (tenant>?)"))
                    .noneMatch(step -> step.contains("jobs_by_state"));
        }
    }

    @Test
    void whatPollsReadDoesNotIncludePayloads() throws SQLException {
        try (Link link = new Database(file()).writer()) {
            assertThat(link.list("SELECT name FROM pragma_table_info('jobs')", row -> row.getString(1)))
                    .contains("next")
                    .doesNotContain("payload", "spec");
        }
    }

    @Test
    void manyWritersOfTwoStoresAllGetTheirTurn() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                JobStore mine = i % 2 == 0 ? store : another;
                writers.add(threads.submit(() -> {
                    int done = 0;
                    for (int n = 0; n < 25; n++) {
                        Job job = job();
                        mine.submit(List.of(job));
                        if (mine.begin(job.id(), new FencingToken(1), "w", now) instanceof Change.Accepted) {
                            done++;
                        }
                    }
                    return done;
                }));
            }
            for (Future<Integer> writer : writers) {
                assertThat(writer.get()).isEqualTo(25);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.counts().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(200);
    }

    @Test
    void aWriteThatFailsFailsAloneAndLeavesNothing() throws Exception {
        Turns turns = new Database(file()).turns();
        try (Link link = new Database(file()).writer();
                Writer writer = new Writer(link, turns, "test-writer")) {
            assertThatThrownBy(() -> writer.run(transaction -> {
                        transaction.link().update("INSERT INTO tenants (tenant, weight) VALUES ('half', 1)");
                        return transaction.link().update("INSERT INTO nothing VALUES (1)");
                    }))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("nothing");
            int written = writer.run(transaction ->
                    transaction.link().update("INSERT INTO tenants (tenant, weight) VALUES ('whole', 1)"));
            assertThat(written).isOne();
        } finally {
            turns.close();
        }
        assertThat(store.weights()).containsKey("whole").doesNotContainKey("half");
    }

    @Test
    void whatIsClosedSaysSo() {
        JobStore closed = JobStores.open("sqlite:" + folder.resolve("closed.db"));
        closed.close();
        assertThatThrownBy(() -> closed.submit(List.of(job())))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(closed::counts).isInstanceOf(StoreException.class).hasMessageContaining("closed");
    }

    @Test
    void aFileOfSomebodyElseIsRefusedAndLeftAlone() throws IOException, SQLException {
        Path other = folder.resolve("other.db");
        try (Link link = new Database(other).writer()) {
            link.update("CREATE TABLE theirs (id INTEGER)");
        }
        assertThatThrownBy(() -> JobStores.open("sqlite:" + other))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another program");
        Path text = Files.writeString(folder.resolve("notes.txt"), "not a database at all ".repeat(100));
        assertThatThrownBy(() -> JobStores.open("sqlite:" + text))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(text.toString());
        assertThat(text).content().startsWith("not a database");
    }

    @Test
    void aStoreOfALaterVersionIsRefused() throws SQLException {
        try (Link link = new Database(file()).writer()) {
            link.update("PRAGMA user_version = 99");
        }
        assertThatThrownBy(() -> JobStores.open("sqlite:" + file()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("version 99");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:", "sqlite://host/file", "sqlite:a.db?mode=ro", "sqlite:/no/such/folder/jobs.db"})
    void whatNamesNoFileIsRefused(String uri) {
        assertThatThrownBy(() -> JobStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri.substring("sqlite:".length()))
                .hasMessageContaining("the embedded store is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs.db", "redis://127.0.0.1", "Cassandra://me:secret@host/k"})
    void otherStoresAreRefusedWithWhatThereIs(String uri) {
        assertThatThrownBy(() -> JobStores.open(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sqlite:<file> or cassandra://")
                .hasMessageNotContaining("secret");
    }
}

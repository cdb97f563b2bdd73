package io.fencepost.scheduler.store.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writers that wait for those of other processes, and for how long. */
class TurnsTest {
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CALLERS = 100;

    @TempDir
    private Path folder = Path.of("");

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<StoppedWriter> stopped = new ArrayList<>();

    @AfterEach
    void stop() {
        stopped.forEach(StoppedWriter::kill);
        threads.shutdownNow();
    }

    private StoppedWriter started(StoppedWriter writer) {
        stopped.add(writer);
        return writer;
    }

    private Path file() {
        return folder.resolve("jobs.db");
    }

    private JobStore store(Duration wait) throws SQLException, IOException {
        return JdbcJobStore.open(new Database(file(), wait));
    }

    private static Job job() {
        Instant now = Micros.kept(Instant.now());
        return Job.submitted(
                JobSpec.of(JobId.random(), new Work.HandlerCall("noop"), new byte[9], new Schedule.At(now)), now, now);
    }

    /** What waits without end fails the test instead of hanging it. */
    private <T> T soon(Future<T> answer) throws Exception {
        return answer.get(LONG.toSeconds(), SECONDS);
    }

    @Test
    void aWriteFailsInTimeWhileAnotherProcessIsStoppedInATransaction() throws Exception {
        JobStore store = store(SHORT);
        Job before = job();
        try {
            store.submit(List.of(before));
            StoppedWriter other = started(StoppedWriter.inTransaction(file()));
            List<Future<List<JobId>>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                answers.add(threads.submit(() -> store.submit(List.of(job()))));
            }
            for (Future<List<JobId>> answer : answers) {
                assertThatThrownBy(() -> soon(answer))
                        .isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(StoreException.class)
                        .hasMessageContaining("another process has kept the file from being written");
            }
            assertThat(store.find(before.id())).contains(before);
            other.kill();
            assertThat(soon(threads.submit(() -> store.submit(List.of(job())))))
                    .as("when that process is gone")
                    .isEmpty();
        } finally {
            soon(threads.submit(store::close));
        }
    }

    @Test
    void aStoreClosesWhileAnotherProcessIsStoppedInATransaction() throws Exception {
        JobStore store = store(SHORT);
        started(StoppedWriter.inTransaction(file()));
        Future<List<JobId>> waiting = threads.submit(() -> store.submit(List.of(job())));
        soon(threads.submit(store::close));
        assertThatThrownBy(() -> soon(waiting)).hasCauseInstanceOf(StoreException.class);
        JobStore fresh = soon(threads.submit(() -> store(SHORT)));
        assertThat(fresh.counts()).isNotEmpty();
        soon(threads.submit(fresh::close));
    }

    @Test
    void whoKeepsItsTurnWithoutWritingKeepsNobodyFromIt() throws Exception {
        JobStore store = store(SHORT);
        try {
            started(StoppedWriter.beforeTransaction(file()));
            assertThat(soon(threads.submit(() -> store.submit(List.of(job()))))).isEmpty();
            assertThat(soon(threads.submit(() -> store.submit(List.of(job()))))).isEmpty();
        } finally {
            soon(threads.submit(store::close));
        }
    }

    @Test
    void aTurnIsWaitedForUntilItIsGivenBack() throws Exception {
        StoppedWriter other = started(StoppedWriter.beforeTransaction(file()));
        try (Turns turns = Turns.of(file(), LONG)) {
            Future<Boolean> waiting = threads.submit(() -> {
                Turns.Turn turn = turns.take();
                boolean had = isHeld();
                turn.give();
                return had;
            });
            assertThat(waiting).isNotDone();
            other.kill();
            assertThat(soon(waiting)).isTrue();
            assertThat(isHeld()).isFalse();
        }
    }

    @Test
    void whoIsInterruptedGoesOnWithoutATurnAndStaysInterrupted() throws Exception {
        try (Turns turns = Turns.of(file(), LONG)) {
            Turns.Turn turn = turns.take();
            Future<Boolean> other = threads.submit(() -> {
                Thread.currentThread().interrupt();
                turns.take().give();
                return Thread.interrupted();
            });
            assertThat(soon(other)).isTrue();
            assertThat(isHeld()).as("by the first").isTrue();
            turn.give();
        }
    }

    /** A store that was closed twice once took the turns of the other stores of its process with it. */
    @Test
    void closingTwiceCountsOnce() throws Exception {
        Turns leaving = Turns.of(file(), LONG);
        try (Turns staying = Turns.of(file(), LONG)) {
            Turns.Turn turn = staying.take();
            leaving.close();
            leaving.close();
            assertThat(isHeld()).isTrue();
            turn.give();
            assertThat(isHeld()).isFalse();
        }
    }

    /** Whether this process has the lock. */
    private boolean isHeld() throws IOException {
        try (FileChannel channel = FileChannel.open(folder.resolve("jobs.db-turn"), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            assertThat(lock).as("free, or of this process").isNotNull();
            return false;
        } catch (OverlappingFileLockException e) {
            return true;
        }
    }
}

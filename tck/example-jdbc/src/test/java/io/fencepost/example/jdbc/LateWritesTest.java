package io.fencepost.example.jdbc;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What becomes of writes that the client has given up, and that the database does all the same. Another transaction locks
 * the row meanwhile: reads pass, and the write waits at the SERVER.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LateWritesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final H2Server SERVER = H2Server.start();

    private final String name = "late-" + UUID.randomUUID();
    private final LockBackend a = open();
    private final LockBackend b = open();

    @AfterAll
    static void stopServer() {
        SERVER.close();
    }

    private static LockBackend open() {
        return open(SERVER.address(), "1s");
    }

    private static LockBackend open(String address, String timeout) {
        String uri = "jdbc-example://" + address + "/locks?operationTimeout=" + timeout;
        return new JdbcLockProvider().open(BackendConfig.parse(uri, Map.of(), "tester", TimeSource.SYSTEM));
    }

    @AfterEach
    void close() {
        SERVER.heal();
        a.close();
        b.close();
    }

    @Test
    void anAttemptThatWasCutOffAfterItsWriteWasSentIsTakenBack() throws Exception {
        Grant before = acquired(a);
        assertThat(answer(a.release(before))).isInstanceOf(ReleaseOutcome.Released.class);
        try (Connection other = rowLocked()) {
            assertThat(answer(attempt(a, LONG))).isInstanceOf(AttemptOutcome.Indeterminate.class);
            other.commit();
        }
        Grant after = Awaitility.await()
                .atMost(LONG.dividedBy(2))
                .until(
                        () -> answer(attempt(b, LONG)) instanceof AttemptOutcome.Acquired acquired
                                ? acquired.grant()
                                : before,
                        grant -> grant != before);
        assertThat(after.token()).isGreaterThan(before.token());
        assertThat(answer(b.renew(after, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
    }

    /** Rule 9.2, which the kit cannot run here: its links would hold back the answer to the look as well. */
    @Test
    void anAttemptWhoseAnswerIsLostIsIndeterminateAndTakenBack() throws Exception {
        Grant before = acquired(a);
        assertThat(answer(a.release(before))).isInstanceOf(ReleaseOutcome.Released.class);
        try (FaultyLinks links = FaultyLinks.to(List.of(SERVER.address()));
                LockBackend distant = open(links.addresses().get(0), "3s")) {
            CompletionStage<AttemptOutcome> attempt =
                    withAnswerHeldBack(links, () -> attempt(distant, LONG), Optional::isPresent);
            links.drop();
            assertThat(answer(attempt)).isInstanceOf(AttemptOutcome.Indeterminate.class);
            Awaitility.await().until(() -> answer(b.inspect(name)).isEmpty());
            assertThat(acquired(b).token().value())
                    .as("a token after the lost one")
                    .isGreaterThan(before.token().value() + 1);
        }
    }

    /** Rule 9.3, likewise. */
    @Test
    void aReleaseWhoseAnswerIsLostIsIndeterminateAndHarmlessWhenTriedAgain() throws Exception {
        try (FaultyLinks links = FaultyLinks.to(List.of(SERVER.address()));
                LockBackend distant = open(links.addresses().get(0), "3s")) {
            Grant grant = acquired(distant);
            CompletionStage<ReleaseOutcome> release =
                    withAnswerHeldBack(links, () -> distant.release(grant), Optional::isEmpty);
            links.drop();
            assertThat(answer(release)).isInstanceOf(ReleaseOutcome.Indeterminate.class);
            Grant successor = acquired(b);
            Awaitility.await().until(() -> answer(distant.release(grant)) instanceof ReleaseOutcome.NotHeld);
            assertThat(answer(b.renew(successor, LONG))).isInstanceOf(RenewOutcome.Renewed.class);
        }
    }

    /** The write waits at the server for the row until the links hold back answers; then it takes effect, as others see. */
    private <T> CompletionStage<T> withAnswerHeldBack(
            FaultyLinks links, Supplier<CompletionStage<T>> operation, Predicate<Optional<LockState>> effect)
            throws SQLException {
        CompletionStage<T> stage;
        try (Connection other = rowLocked();
                Connection observer = SERVER.connect();
                Statement statement = observer.createStatement()) {
            stage = operation.get();
            Awaitility.await("the write waits")
                    .until(() -> statement
                            .executeQuery("SELECT 1 FROM INFORMATION_SCHEMA.SESSIONS WHERE BLOCKER_ID IS NOT NULL")
                            .next());
            links.holdAnswers();
            other.commit();
        }
        Awaitility.await("the write took effect").until(() -> effect.test(answer(b.inspect(name))));
        Awaitility.await("its answer is held back").until(() -> links.heldBytes() > 0);
        return stage;
    }

    @Test
    void closingEndsAllThreadsThoughTheServerIsSilent() {
        String address = SERVER.address();
        SERVER.pause(0);
        a.close();
        b.close();
        Awaitility.await()
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(
                                thread -> thread.isAlive() && thread.getName().contains(address)));
    }

    private Connection rowLocked() throws SQLException {
        Connection connection = SERVER.connect();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE locks SET fence = fence"))
                    .isPositive();
        }
        return connection;
    }

    private Grant acquired(LockBackend backend) {
        return ((AttemptOutcome.Acquired) answer(attempt(backend, LONG))).grant();
    }

    private CompletionStage<AttemptOutcome> attempt(LockBackend backend, Duration ttl) {
        return backend.attempt(new AttemptRequest(name, UUID.randomUUID(), ttl, "tester", Map.of(), false));
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, SECONDS).join();
    }
}

package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome.NotHeld;
import io.fencepost.lock.ReleaseOutcome.Released;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handoffs over three nodes; {@code UnansweredHandoffsTest} has the faults. */
class HandoffIT {
    private static final int CHAIN = 5;

    /** The statements that the backend sent, by the names of {@link LockTable}. */
    private final List<String> statements = new ArrayList<>();

    private LockTable counted(LockTable table) {
        return (LockTable) Proxy.newProxyInstance(
                LockTable.class.getClassLoader(), new Class<?>[] {LockTable.class}, (proxy, method, arguments) -> {
                    statements.add(method.getName());
                    try {
                        return method.invoke(table, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private CassandraLockBackend open(Expiry expiry) {
        LockSession session = new SessionOpener(CassandraOptions.read(BackendConfig.parse(
                        TestCluster.uri(TestCluster.get().addresses(), expiry), Map.of(), "it", TimeSource.SYSTEM)))
                .open();
        return new CassandraLockBackend(
                new LockSession(session.name(), counted(session.table()), session.disconnect()),
                expiry,
                TestCluster.OPERATION_TIMEOUT,
                new ScheduledThreadPoolExecutor(1),
                TimeSource.SYSTEM);
    }

    @ParameterizedTest
    @EnumSource
    void aChainCostsOneTransactionEachAndItsTokensGrow(Expiry expiry) {
        String name = TestCluster.freshName();
        try (CassandraLockBackend backend = open(expiry);
                LockBackend other =
                        TestCluster.open(TestCluster.uri(TestCluster.get().addresses(), expiry))) {
            Grant holder = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
            for (int i = 0; i < CHAIN; i++) {
                statements.clear();
                HandoffOutcome outcome = TestStages.await(backend.handOff(holder, TestCluster.request(name)));
                assertThat(statements).as("statements of %s", outcome).containsExactly("handOff");
                assertThat(outcome.released()).isInstanceOf(Released.class);
                Grant next = ((Acquired) outcome.attempted()).grant();
                assertThat(next.token()).isGreaterThan(holder.token());
                assertThat(TestStages.await(other.inspect(name)))
                        .hasValueSatisfying(state -> assertThat(state.token()).isEqualTo(next.token()));
                assertThat(TestStages.await(other.attempt(TestCluster.request(name))))
                        .isInstanceOf(Contended.class);

                assertThat(TestStages.await(backend.renew(holder, TestCluster.TTL)))
                        .isEqualTo(new RenewOutcome.Lost(LossCause.NOT_OWNER));
                assertThat(TestStages.await(backend.release(holder))).isInstanceOf(NotHeld.class);
                assertThat(TestStages.await(backend.renew(next, TestCluster.TTL)))
                        .isInstanceOf(RenewOutcome.Renewed.class);
                holder = next;
            }
            assertThat(TestStages.await(backend.release(holder))).isInstanceOf(Released.class);
            assertThat(TestStages.await(other.inspect(name))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPredecessorThatIsGoneDoesNotKeepFromAcquiringAndAnotherHolderDoes(Expiry expiry) {
        String name = TestCluster.freshName();
        try (CassandraLockBackend backend = open(expiry);
                LockBackend other =
                        TestCluster.open(TestCluster.uri(TestCluster.get().addresses(), expiry))) {
            Grant gone = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
            assertThat(TestStages.await(other.forceRelease(name))).isInstanceOf(Released.class);
            statements.clear();

            HandoffOutcome freed = TestStages.await(backend.handOff(gone, TestCluster.request(name)));
            assertThat(statements).containsExactly("handOff", "acquire");
            assertThat(freed.released()).isInstanceOf(NotHeld.class);
            Grant second = ((Acquired) freed.attempted()).grant();
            assertThat(second.token().value()).isGreaterThan(gone.token().value() + 1);

            statements.clear();
            HandoffOutcome contended = TestStages.await(backend.handOff(gone, TestCluster.request(name)));
            assertThat(statements).containsExactly("handOff");
            assertThat(contended.released()).isInstanceOf(NotHeld.class);
            assertThat(contended.attempted()).isInstanceOf(Contended.class);
            assertThat(TestStages.await(backend.release(second))).isInstanceOf(Released.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRaisedFenceIsFollowed(Expiry expiry) {
        String name = TestCluster.freshName();
        try (CassandraLockBackend backend = open(expiry)) {
            LockSession session = new SessionOpener(CassandraOptions.read(BackendConfig.parse(
                            TestCluster.uri(TestCluster.get().addresses(), expiry), Map.of(), "it", TimeSource.SYSTEM)))
                    .open();
            try {
                Grant first = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
                assertThat(TestStages.await(
                                session.table().raise(name, 1L, 2, UUID.randomUUID(), TestCluster.OPERATION_TIMEOUT)))
                        .isInstanceOf(LockTable.Answer.Applied.class);
                statements.clear();
                HandoffOutcome outcome = TestStages.await(backend.handOff(first, TestCluster.request(name)));
                assertThat(statements).containsExactly("handOff", "handOff");
                assertThat(((Acquired) outcome.attempted()).grant().token().value())
                        .isEqualTo(3);
            } finally {
                session.disconnect().run();
            }
        }
    }

    /** The fence outlives every lease, also one that was handed off. */
    @ParameterizedTest
    @EnumSource(names = "TTL")
    void aHandoffLeavesTheFenceWithoutATtlAndGivesTheLeaseOne(Expiry expiry) {
        String name = TestCluster.freshName();
        try (CassandraLockBackend backend = open(expiry);
                CqlSession session = TestCluster.session(TestCluster.get().addresses())) {
            Grant first = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
            TestStages.await(backend.handOff(first, TestCluster.request(name)));
            Row row = Objects.requireNonNull(session.execute(
                            "SELECT TTL(fence), TTL(owner), TTL(owner_fence), TTL(holder), TTL(metadata) FROM "
                                    + TestCluster.KEYSPACE + ".locks WHERE name = ?",
                            name)
                    .one());
            assertThat(row.isNull(0)).as("no TTL of the fence").isTrue();
            for (int column = 1; column < row.size(); column++) {
                assertThat(row.isNull(column)).as("TTL of column %s", column).isFalse();
            }
        }
    }
}

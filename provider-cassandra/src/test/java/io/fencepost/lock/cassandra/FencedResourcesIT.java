package io.fencepost.lock.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.cassandra.fencing.CassandraFencedResources;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Fenced values over three nodes; chapter 11 of the kit has the rules, and the race. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FencedResourcesIT {
    private static final String TABLE = "fenced_it";
    private static final FencingToken FIVE = new FencingToken(5);
    private static final FencingToken SIX = new FencingToken(6);

    private final CqlSession session = TestCluster.session(TestCluster.get().addresses());
    private final String key = TestCluster.freshName();

    @BeforeAll
    void table() {
        session.execute("CREATE KEYSPACE IF NOT EXISTS " + TestCluster.KEYSPACE
                + " WITH replication = {'class': 'NetworkTopologyStrategy', 'replication_factor': 3}");
        session.execute(CassandraFencedResources.schema(TestCluster.KEYSPACE, TABLE));
    }

    @AfterAll
    void close() {
        session.close();
    }

    private FencedResource open() {
        return CassandraFencedResources.over(
                session, TestCluster.KEYSPACE, TABLE, TestCluster.OPERATION_TIMEOUT.multipliedBy(3));
    }

    @Test
    void theRowOutlivesItsValueAndHasNoTtl() {
        FencedResource resource = open();
        assertThat(resource.write(key, FIVE, "a".getBytes(UTF_8)).isAccepted()).isTrue();
        assertThat(resource.delete(key, SIX).isAccepted()).isTrue();
        Row row = Objects.requireNonNull(session.execute(
                        "SELECT fence, TTL(fence), value FROM " + TestCluster.KEYSPACE + "." + TABLE
                                + " WHERE name = ?",
                        key)
                .one());
        assertThat(row.getLong(0)).isEqualTo(6);
        assertThat(row.isNull(1)).as("no TTL of the fence").isTrue();
        assertThat(row.isNull(2)).as("no value").isTrue();
        assertThat(open().write(key, FIVE, new byte[0])).isEqualTo(new FencedWrite.Stale(SIX));
    }

    /** As by a coordinator that was stopped before it began, and goes on later. */
    @Test
    void aCopyThatIsExecutedLateBringsNoOldValueBack() {
        FencedResource resource = open();
        String name = TestCluster.freshName();
        resource.write(name, FIVE, "a".getBytes(UTF_8));
        UUID first = Objects.requireNonNull(session.execute(
                                "SELECT write_id FROM " + TestCluster.KEYSPACE + "." + TABLE + " WHERE name = ?", name)
                        .one())
                .getUuid(0);
        resource.write(name, FIVE, "c".getBytes(UTF_8));
        assertThat(session.execute(
                                "UPDATE " + TestCluster.KEYSPACE + "." + TABLE
                                        + " SET fence = 5, write_id = uuid(), value = 0x62 WHERE name = ? IF write_id = ? AND fence <= 5",
                                name,
                                first)
                        .wasApplied())
                .isFalse();
        assertThat(resource.read(name)).hasValue(new FencedValue(FIVE, "c".getBytes(UTF_8)));
    }

    @Test
    void aMissingTableIsSaidAtOpening() {
        assertThatThrownBy(() -> CassandraFencedResources.over(
                        session, TestCluster.KEYSPACE, "no_such_table", TestCluster.OPERATION_TIMEOUT))
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining("no_such_table");
    }
}

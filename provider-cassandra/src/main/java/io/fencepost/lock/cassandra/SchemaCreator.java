package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import io.fencepost.lock.LockUnavailableException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Creates what is missing of keyspace and table, and nothing else: what exists is left as it is.
 *
 * <p>Clients that do so at the same time send it to the same node, which carries out schema changes one after the other; two nodes could each create a table
 * of that name with an id of its own.
 */
final class SchemaCreator {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** Which a lock table has in any case. */
    private static final Set<String> LOCK_COLUMNS = Set.of("fence", "owner", "owner_fence");

    private final CqlSession session;
    private final CassandraOptions options;
    private final @Nullable Node node;

    SchemaCreator(CqlSession session, CassandraOptions options, String datacenter) {
        this.session = session;
        this.options = options;
        this.node = session.getMetadata().getNodes().values().stream()
                .filter(candidate ->
                        datacenter.equals(candidate.getDatacenter()) && candidate.getState() == NodeState.UP)
                .min(Comparator.comparing(candidate -> String.valueOf(candidate.getHostId())))
                .orElse(null);
    }

    /** Blocks for up to 30 s. Nodes may still not know the new table when it returns. */
    void createMissing() {
        try {
            if (tableExists(session, options)) {
                return;
            }
            if (!keyspaceExists(session, options)) {
                run(Schema.createKeyspace(options));
            }
            run(Schema.createTable(options));
        } catch (DriverException e) {
            throw new LockUnavailableException(
                    "cassandra: could not create table " + options.qualifiedTable() + " at " + options.addressList()
                            + ": " + e.getMessage() + "; see whether the user may create it, or create it by hand",
                    e);
        }
    }

    private void run(String statement) {
        session.execute(SimpleStatement.newInstance(statement).setNode(node).setTimeout(LIMIT));
    }

    static boolean keyspaceExists(CqlSession session, CassandraOptions options) {
        return found(
                session,
                "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
                options.keyspace());
    }

    static boolean tableExists(CqlSession session, CassandraOptions options) {
        return found(
                session,
                "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?",
                options.keyspace(),
                options.table());
    }

    /** How leases of the table that is there end, if that is not what this client asks for. Empty too where there is no lock table. */
    static Optional<Expiry> otherExpiry(CqlSession session, CassandraOptions options) {
        return Arrays.stream(Expiry.values())
                .filter(expiry -> expiry != options.expiry() && hasKey(session, options, expiry))
                .findFirst();
    }

    private static boolean hasKey(CqlSession session, CassandraOptions options, Expiry expiry) {
        ResultSet rows = session.execute(SimpleStatement.newInstance(
                "SELECT column_name, kind FROM system_schema.columns WHERE keyspace_name = ? AND table_name = ?",
                options.keyspace(),
                options.table()));
        Map<String, String> kinds =
                rows.all().stream().collect(Collectors.toMap(row -> row.getString(0), row -> row.getString(1)));
        return "partition_key".equals(kinds.get(expiry.keyColumn()))
                && kinds.keySet().containsAll(LOCK_COLUMNS);
    }

    private static boolean found(CqlSession session, String query, Object... values) {
        ResultSet rows = session.execute(SimpleStatement.newInstance(query, values));
        return Optional.ofNullable(rows.one()).isPresent();
    }
}

package io.fencepost.jmh.floor;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * One lightweight transaction on one row at QUORUM and SERIAL, the levels of the provider's defaults: {@code UPDATE … SET owner = ? WHERE name = ? IF owner =
 * null}. The provider's acquire is a conditional batch on one row, which is also one round of Paxos.
 */
public final class CassandraFloor implements Floor {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final String KEYSPACE = "fencepost_floor";

    private final CqlSession session;
    private final PreparedStatement take;
    private final PreparedStatement giveBack;
    private final UUID owner = UUID.randomUUID();

    /**
     * Connects, and creates the floor's own keyspace and table where they are missing.
     *
     * @param contactPoints all nodes of the cluster
     * @param datacenter that they belong to
     */
    public CassandraFloor(List<InetSocketAddress> contactPoints, String datacenter) {
        session = CqlSession.builder()
                .addContactPoints(contactPoints)
                .withLocalDatacenter(datacenter)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        // V5 of this driver drops the connection at a CAS timeout
                        .withString(DefaultDriverOption.PROTOCOL_VERSION, "V4")
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, REQUEST_TIMEOUT)
                        .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                        .build())
                .build();
        try {
            session.execute("CREATE KEYSPACE IF NOT EXISTS " + KEYSPACE
                    + " WITH replication = {'class': 'NetworkTopologyStrategy', '" + datacenter + "': "
                    + Math.min(3, contactPoints.size()) + "}");
            session.execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + ".locks (name text PRIMARY KEY, owner uuid)");
            take = session.prepare("UPDATE " + KEYSPACE + ".locks SET owner = ? WHERE name = ? IF owner = null");
            giveBack = session.prepare("UPDATE " + KEYSPACE + ".locks SET owner = null WHERE name = ? IF owner = ?");
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public void take(String name) {
        execute(take.bind(owner, name), name);
    }

    @Override
    public void giveBack(String name) {
        execute(giveBack.bind(name, owner), name);
    }

    private void execute(BoundStatement statement, String name) {
        boolean applied = session.execute(statement
                        .setConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                        .setSerialConsistencyLevel(DefaultConsistencyLevel.SERIAL)
                        .setIdempotent(false))
                .wasApplied();
        if (!applied) {
            throw new IllegalStateException("the row of '" + name + "' is not as its only user left it");
        }
    }

    @Override
    public void close() {
        session.close();
    }
}

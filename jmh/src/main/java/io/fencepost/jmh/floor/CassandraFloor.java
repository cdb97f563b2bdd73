package io.fencepost.jmh.floor;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.fencepost.jmh.Target;
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
     */
    public CassandraFloor(List<InetSocketAddress> contactPoints) {
        session = connect(contactPoints);
        try {
            createKeyspace(session, KEYSPACE, contactPoints.size());
            session.execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + ".locks (name text PRIMARY KEY, owner uuid)");
            take = session.prepare("UPDATE " + KEYSPACE + ".locks SET owner = ? WHERE name = ? IF owner = null");
            giveBack = session.prepare("UPDATE " + KEYSPACE + ".locks SET owner = null WHERE name = ? IF owner = ?");
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    /** A session with the settings of the provider, and the driver's own choice of coordinators. */
    public static CqlSession connect(List<InetSocketAddress> contactPoints) {
        return CqlSession.builder()
                .addContactPoints(contactPoints)
                .withLocalDatacenter(Target.DATACENTER)
                .withConfigLoader(DriverConfigLoader.programmaticBuilder()
                        // V5 of this driver drops the connection at a CAS timeout
                        .withString(DefaultDriverOption.PROTOCOL_VERSION, "V4")
                        .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                        .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, REQUEST_TIMEOUT)
                        .withDuration(DefaultDriverOption.METADATA_SCHEMA_REQUEST_TIMEOUT, REQUEST_TIMEOUT)
                        .build())
                .build();
    }

    /** Creates a keyspace where it is missing, replicated to three of the nodes, or to all if there are fewer. */
    public static void createKeyspace(CqlSession session, String keyspace, int nodes) {
        session.execute("CREATE KEYSPACE IF NOT EXISTS " + keyspace
                + " WITH replication = {'class': 'NetworkTopologyStrategy', '" + Target.DATACENTER + "': "
                + Math.min(3, nodes) + "}");
    }

    @Override
    public boolean tryTake(String name) {
        return applied(take.bind(owner, name));
    }

    @Override
    public void giveBack(String name) {
        if (!applied(giveBack.bind(name, owner))) {
            throw new IllegalStateException("the row of '" + name + "' is not as its only user left it");
        }
    }

    private boolean applied(BoundStatement statement) {
        return session.execute(statement
                        .setConsistencyLevel(DefaultConsistencyLevel.QUORUM)
                        .setSerialConsistencyLevel(DefaultConsistencyLevel.SERIAL)
                        .setIdempotent(false))
                .wasApplied();
    }

    @Override
    public void close() {
        session.close();
    }
}

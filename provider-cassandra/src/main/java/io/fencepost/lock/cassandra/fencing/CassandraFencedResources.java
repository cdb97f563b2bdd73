package io.fencepost.lock.cassandra.fencing;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import java.time.Duration;
import java.util.regex.Pattern;

/** Fenced values in a Cassandra table, one row a key. */
public final class CassandraFencedResources {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,47}");

    private CassandraFencedResources() {}

    /**
     * A resource over a table that {@link #schema} describes. Blocks while its statements are prepared.
     *
     * <p>Writes agree at {@code SERIAL} and commit at {@code QUORUM}, over all datacenters. The session stays the caller's. It needs no special settings: statements say that they are not idempotent, which keeps the
     * driver from sending them twice. Version 5 of the protocol, which driver 4.17 chooses by itself, drops a connection on which a transaction timed out; version 4 does not.
     *
     * @param keyspace a letter, then up to 47 letters, digits and underscores; case counts
     * @param table as the keyspace
     * @param timeout within which a call ends: 10 ms to 5 min; at least twice the server's {@code write_request_timeout} is sensible
     * @throws IllegalArgumentException if a name or the timeout is out of range; nothing was sent
     * @throws LockUnavailableException if the statements could not be prepared: no node answers, or there is no such table
     */
    public static FencedResource over(CqlSession session, String keyspace, String table, Duration timeout) {
        String qualified = qualified(keyspace, table);
        try {
            return FencedResources.over(
                    new CassandraFencedStore(session, qualified), "cassandra: table " + qualified, timeout);
        } catch (DriverException e) {
            throw new LockUnavailableException(
                    "cassandra: the statements on " + qualified + " could not be prepared: " + e.getMessage(), e);
        }
    }

    /**
     * The statement that makes the table where there is none.
     *
     * @throws IllegalArgumentException if a name is none
     */
    public static String schema(String keyspace, String table) {
        return "CREATE TABLE IF NOT EXISTS " + qualified(keyspace, table)
                + " (name text PRIMARY KEY, fence bigint, write_id uuid, value blob)"
                + " WITH comment = 'Fencepost fenced values: never delete rows'";
    }

    private static String qualified(String keyspace, String table) {
        return checked("keyspace", keyspace) + "." + checked("table", table);
    }

    private static String checked(String what, String name) {
        if (!IDENTIFIER.matcher(name).matches()) {
            throw new IllegalArgumentException("cassandra: the " + what + " is '" + name
                    + "'; allowed is a letter followed by up to 47 letters, digits and underscores");
        }
        return '"' + name + '"';
    }
}

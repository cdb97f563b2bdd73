package io.fencepost.lock.fencing.jdbc;

import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Fenced values in a table of an SQL database, one row a key. */
public final class JdbcFencedResources {
    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}(\\.[A-Za-z_][A-Za-z0-9_]{0,62})?");

    private JdbcFencedResources() {}

    /**
     * A resource over a table that {@link #schema} describes.
     *
     * <p>Each call takes one connection and lets every statement commit by itself, whatever transaction the caller may have open elsewhere. So the data source must be the pool itself, and none that hands out the connection
     * of the caller's transaction: that would be committed by this. How long it may take rests on the database and its driver too, which get
     * whole seconds as their limit, and on the pool, which has its own for giving a connection.
     *
     * @param dataSource of connections, a pool of them best; stays the caller's
     * @param table {@code name} or {@code schema.name} of letters, digits and underscores
     * @param timeout within which a call ends: 10 ms to 5 min
     * @throws IllegalArgumentException if table or timeout are out of range; the database is not asked
     */
    public static FencedResource over(DataSource dataSource, String table, Duration timeout) {
        return FencedResources.over(new JdbcFencedStore(dataSource, checked(table)), "jdbc: table " + table, timeout);
    }

    /**
     * The statement that makes the table where there is none, for H2, SQLite, MariaDB and others. To be adapted where the name of the type for bytes is another ({@code BYTEA} with PostgreSQL,
     * {@code MEDIUMBLOB} with MySQL and MariaDB, whose {@code BLOB} ends at 64 KiB).
     *
     * @throws IllegalArgumentException if the name of the table is none
     */
    public static String schema(String table) {
        return "CREATE TABLE IF NOT EXISTS " + checked(table)
                + " (id CHAR(64) NOT NULL PRIMARY KEY, name VARCHAR(1536) NOT NULL, fence BIGINT NOT NULL,"
                + " write_id CHAR(36) NOT NULL, present SMALLINT NOT NULL, payload BLOB)";
    }

    private static String checked(String table) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException(
                    "jdbc: '" + table
                            + "' is not the name of a table; allowed are letters, digits and underscores, with one dot after a schema");
        }
        return table;
    }
}

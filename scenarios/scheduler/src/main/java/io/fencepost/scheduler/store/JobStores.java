package io.fencepost.scheduler.store;

import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.scheduler.store.cassandra.CassandraJobStore;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;

/** Opens stores by URI. */
public final class JobStores {
    private static final String FORMS = "sqlite:<file> or cassandra://host:9042/keyspace?localDatacenter=dc1";

    private JobStores() {}

    /**
     * Opens {@code sqlite:/path/to/file} (a file of SQLite, created if it is not there, which any number of processes of this machine may share) or
     * {@code cassandra://[user:password@]host1:9042,host2:9042/keyspace?option=value} (options: see {@link CassandraJobStore#open}).
     *
     * @throws IllegalArgumentException if the URI is malformed; the message names the value and what is allowed
     * @throws StoreException if the store cannot be reached, or is not one of ours
     */
    public static JobStore open(String uri) {
        String scheme = scheme(uri);
        return switch (scheme) {
            case "sqlite" -> JdbcJobStore.open(uri);
            case "cassandra" -> CassandraJobStore.open(uri);
            default ->
                throw new IllegalArgumentException(
                        "a store is " + FORMS + "; there is none of the scheme '" + scheme + "'");
        };
    }

    private static String scheme(String uri) {
        try {
            return BackendConfig.schemeOf(uri);
        } catch (IllegalArgumentException e) {
            String shown = uri.replaceAll("//[^/]*@", "//***@");
            throw new IllegalArgumentException("a store is " + FORMS + ", not '" + shown + "'", e);
        }
    }
}

package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.fencepost.lock.LockUnavailableException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says why a client could not be opened, and what to look at. */
final class OpenFailures {
    private final CassandraOptions options;

    OpenFailures(CassandraOptions options) {
        this.options = options;
    }

    LockUnavailableException unknownHost(String host) {
        return new LockUnavailableException(
                "cassandra: host '" + host
                        + "' is not known to the name service; see the addresses of the URI, and of the option addressMap",
                null);
    }

    LockUnavailableException tooLate() {
        return new LockUnavailableException(
                "cassandra: " + options.addressList() + " did not answer within connectTimeout="
                        + options.connectTimeout()
                        + "; see whether the nodes are up and the addresses are those of their CQL port (native_transport_port)",
                null);
    }

    LockUnavailableException noSuchDatacenter(Set<String> existing) {
        return new LockUnavailableException(
                "cassandra: " + options.addressList() + " has no node in datacenter '"
                        + options.localDatacenter().orElse("") + "' (option localDatacenter); its datacenters are "
                        + existing,
                null);
    }

    LockUnavailableException unconnected(@Nullable Throwable failure) {
        if (find(failure, AuthenticationException.class).isPresent()) {
            String refusal = options.credentials()
                    .map(who -> " refused user '" + who.user() + "'; see the user and the password")
                    .orElse(
                            " asks for a user and a password; give them as options, or as cassandra://user:password@host");
            return new LockUnavailableException("cassandra: " + options.addressList() + refusal, failure);
        }
        if (find(failure, UnsupportedProtocolVersionException.class).isPresent()) {
            return new LockUnavailableException(
                    "cassandra: " + options.addressList()
                            + " does not speak version 4 of the CQL protocol; a server from 2.2 on is needed",
                    failure);
        }
        Optional<SSLException> tls = find(failure, SSLException.class);
        if (tls.isPresent()) {
            return new LockUnavailableException(
                    "cassandra: no encrypted connection to " + options.addressList() + ": "
                            + tls.get().getMessage() + "; see the options tls, trustStore and verifyHostName",
                    failure);
        }
        return new LockUnavailableException(
                "cassandra: no connection to " + options.addressList() + " within connectTimeout="
                        + options.connectTimeout()
                        + ": " + reason(failure)
                        + "; see whether the nodes are up, the addresses are those of their CQL port (native_transport_port),"
                        + " and TLS is asked for where it is needed",
                failure);
    }

    /** Blocks for a look into the server's schema, so as to name what is missing. */
    LockUnavailableException unprepared(CqlSession session, @Nullable Throwable failure) {
        String table = options.qualifiedTable();
        if (failure instanceof UnauthorizedException) {
            return new LockUnavailableException(
                    "cassandra: " + failure.getMessage() + "; the user needs SELECT and MODIFY on " + table, failure);
        }
        if (failure instanceof InvalidQueryException) {
            return new LockUnavailableException("cassandra: " + schemaTrouble(session, failure), failure);
        }
        return new LockUnavailableException(
                "cassandra: the statements on " + table + " could not be prepared at " + options.addressList() + ": "
                        + reason(failure),
                failure);
    }

    private String schemaTrouble(CqlSession session, Throwable failure) {
        try {
            if (!SchemaCreator.keyspaceExists(session, options)) {
                return "keyspace '" + options.keyspace() + "' (the path of the URI) does not exist at "
                        + options.addressList() + "; create it by "
                        + options.expiry().schemaFile() + ", or open once with createSchema=true";
            }
            if (!SchemaCreator.tableExists(session, options)) {
                return "keyspace '" + options.keyspace() + "' has no table '" + options.table()
                        + "' (option table); create it by " + options.expiry().schemaFile()
                        + ", or open once with createSchema=true";
            }
            Optional<Expiry> other = SchemaCreator.otherExpiry(session, options);
            if (other.isPresent()) {
                return "table " + options.qualifiedTable() + " is one for " + spelled(other.get())
                        + ", and this client asks for " + spelled(options.expiry())
                        + " (option expiry): all clients of a table need the same, and a table cannot be changed; name"
                        + " another one by the option table";
            }
        } catch (DriverException e) {
            failure.addSuppressed(e);
        }
        return "table " + options.qualifiedTable() + " is not a lock table as in "
                + options.expiry().schemaFile() + ": " + failure.getMessage();
    }

    private static String spelled(Expiry expiry) {
        return "expiry=" + expiry.name().toLowerCase(Locale.ROOT);
    }

    private static String reason(@Nullable Throwable failure) {
        return causes(failure)
                .reduce((first, second) -> second)
                .map(cause -> cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage())
                .orElse("no reason given");
    }

    private static <T extends Throwable> Optional<T> find(@Nullable Throwable failure, Class<T> type) {
        return causes(failure).filter(type::isInstance).map(type::cast).findFirst();
    }

    /** The chain of causes, through the errors of the single nodes. */
    private static Stream<Throwable> causes(@Nullable Throwable failure) {
        if (failure == null) {
            return Stream.empty();
        }
        Stream<Throwable> ofNodes = failure instanceof AllNodesFailedException all
                ? all.getAllErrors().values().stream()
                        .flatMap(errors -> errors.stream().flatMap(OpenFailures::causes))
                : Stream.empty();
        return Stream.concat(Stream.of(failure), Stream.concat(causes(failure.getCause()), ofNodes));
    }
}

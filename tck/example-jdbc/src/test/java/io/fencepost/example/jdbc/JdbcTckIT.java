package io.fencepost.example.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.jdbc.JdbcFencedResources;
import io.fencepost.tck.ClientLinks;
import io.fencepost.tck.Hook;
import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.Rule;
import io.fencepost.tck.ServerControl;
import io.fencepost.tck.UriFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.Disabled;

class JdbcTckIT extends LockProviderTck {
    private static final String ROUNDS =
            "the driver awaits answers before it sends a write, so none is sent while all answers are held back";
    private static final Duration SHORT_TTL = Duration.ofMillis(400);

    private static final String FENCED_TABLE = "fenced_values";

    private static String uriOf(String address) {
        return "jdbc-example://" + address + "/locks?operationTimeout=1s";
    }

    private static HikariDataSource poolOf(String address) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:h2:tcp://" + address + "/./locks;WRITE_DELAY=0");
        pool.setUsername("sa");
        pool.setPassword("");
        pool.setInitializationFailTimeout(-1);
        pool.setMinimumIdle(0);
        return pool;
    }

    private static void createTable(DataSource database) {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcFencedResources.schema(FENCED_TABLE));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected ProviderFixture fixture() {
        H2Server server = H2Server.start();
        return new UriFixture("jdbc-example", uriOf(server.address()), SHORT_TTL) {
            private final HikariDataSource pool = poolOf(server.address());

            @Override
            public Optional<String> uriTo(String address) {
                return Optional.of(uriOf(address));
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(1);
            }

            @Override
            public List<MalformedUri> malformedUris() {
                String any = "jdbc-example://127.0.0.1:1";
                return List.of(
                        MalformedUri.of("jdbc-example:///locks", "host"),
                        MalformedUri.of(any + ",127.0.0.1:2/locks", "127.0.0.1:2", "one server"),
                        MalformedUri.of(any + "/", "1 to 64"),
                        MalformedUri.of(any + "/locks;INIT=DROP", "locks;INIT=DROP", "letters"),
                        MalformedUri.of("jdbc-example://127.0.0.1;INIT=DROP:1/locks", "127.0.0.1;INIT=DROP"),
                        MalformedUri.of(any + "/locks?operationTimeout=1ms", "operationTimeout", "1ms", "PT0.4S"));
            }

            @Override
            public Duration operationTimeout() {
                return Duration.ofSeconds(1);
            }

            @Override
            public Duration ttlOfManyLeases() {
                return Duration.ofSeconds(5);
            }

            @Override
            public Hook<Supplier<ClientLinks>> links() {
                return Hook.of(() -> {
                    FaultyLinks proxy = FaultyLinks.to(List.of(server.address()));
                    String through = uriOf(proxy.addresses().get(0));
                    return new DatabaseLinks(proxy, new UriFixture("through-links", through, SHORT_TTL) {});
                });
            }

            @Override
            public Hook<ServerControl> servers() {
                return Hook.of(server);
            }

            @Override
            public Hook<Supplier<FencedResource>> fencedResource() {
                return Hook.of(() -> {
                    createTable(pool);
                    return JdbcFencedResources.over(pool, FENCED_TABLE, Duration.ofSeconds(10));
                });
            }

            @Override
            public void close() {
                pool.close();
                server.close();
            }
        };
    }

    @Override
    @Rule("9.2")
    @Disabled(ROUNDS)
    public void rule_9_2_aLostAnswerOfAnAttemptIsFoundOutOrSaidToBeUnknown() {}

    @Override
    @Rule("9.3")
    @Disabled(ROUNDS)
    public void rule_9_3_aLostAnswerOfAReleaseIsFoundOutOrSaidToBeUnknown() {}
}

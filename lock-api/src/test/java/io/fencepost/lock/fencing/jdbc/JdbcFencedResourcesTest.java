package io.fencepost.lock.fencing.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sqlite.SQLiteDataSource;

/** The guard of SQL databases, on two that lock in different ways. */
class JdbcFencedResourcesTest {
    private static final String TABLE = "fenced_values";
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    /** Databases that need no server. */
    enum Database {
        H2 {
            @Override
            DataSource in(Path folder) {
                JdbcDataSource h2 = new JdbcDataSource();
                h2.setURL("jdbc:h2:file:" + folder.resolve("h2"));
                return h2;
            }
        },
        SQLITE {
            @Override
            DataSource in(Path folder) {
                SQLiteDataSource sqlite = new SQLiteDataSource();
                sqlite.setUrl("jdbc:sqlite:" + folder.resolve("sqlite.db"));
                return sqlite;
            }
        };

        abstract DataSource in(Path folder);
    }

    private DataSource made(Database database) throws SQLException {
        DataSource made = database.in(folder);
        try (Connection connection = made.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(JdbcFencedResources.schema(TABLE));
            // again: there is one
            statement.execute(JdbcFencedResources.schema(TABLE));
        }
        return made;
    }

    private static FencedResource over(DataSource database) {
        return JdbcFencedResources.over(database, TABLE, TIMEOUT);
    }

    private static FencingToken token(long value) {
        return new FencingToken(value);
    }

    private static FencedWrite write(FencedResource resource, String key, long token, String value) {
        return resource.write(key, token(token), value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    void olderTokensAreRefusedAndOthersAccepted(Database database) throws SQLException {
        DataSource made = made(database);
        try (FencedResource one = over(made);
                FencedResource other = over(made)) {
            assertThat(one.read("k")).isEmpty();
            assertThat(write(one, "k", 5, "a").isAccepted()).isTrue();
            assertThat(write(other, "k", 4, "b")).isEqualTo(new FencedWrite.Stale(token(5)));
            assertThat(write(other, "k", 5, "c").isAccepted()).isTrue();
            assertThat(write(one, "k", Long.MAX_VALUE, "d").isAccepted()).isTrue();
            assertThat(other.read("k")).hasValue(new FencedValue(token(Long.MAX_VALUE), "d".getBytes(UTF_8)));
            assertThat(other.delete("k", token(Long.MAX_VALUE - 1)))
                    .isEqualTo(new FencedWrite.Stale(token(Long.MAX_VALUE)));
            assertThat(other.delete("k", token(Long.MAX_VALUE)).isAccepted()).isTrue();
            assertThat(one.read("k")).isEmpty();
            assertThat(write(one, "k", 9, "e")).isEqualTo(new FencedWrite.Stale(token(Long.MAX_VALUE)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keysAndValuesAreKeptAsTheyAre(Database database) throws SQLException {
        byte[] largest = new byte[FencedResource.MAX_VALUE_BYTES];
        new Random(1).nextBytes(largest);
        List<String> keys =
                List.of("a", "A", "a ", " a", "\u00e9", "e\u0301", "\u0000", "'; --", "x".repeat(512), "\ud83d\ude00");
        try (FencedResource resource = over(made(database))) {
            for (String key : keys) {
                assertThat(write(resource, key, 1, "of " + key).isAccepted()).isTrue();
            }
            for (String key : keys) {
                assertThat(resource.read(key)).hasValue(new FencedValue(token(1), ("of " + key).getBytes(UTF_8)));
            }
            assertThat(resource.write("a", token(1), largest).isAccepted()).isTrue();
            assertThat(resource.read("a")).hasValue(new FencedValue(token(1), largest));
            assertThat(resource.write("a", token(1), new byte[0]).isAccepted()).isTrue();
            assertThat(resource.read("a")).hasValue(new FencedValue(token(1), new byte[0]));
        }
    }

    /** Some of them make the row, the others meet it: the primary key lets one in. */
    @ParameterizedTest
    @EnumSource
    void writersThatRaceEndWithTheGreatestToken(Database database) throws SQLException {
        DataSource made = made(database);
        int writers = 4;
        ExecutorService threads = Executors.newFixedThreadPool(writers);
        try {
            for (int round = 0; round < 5; round++) {
                String key = "race " + round;
                List<Long> tokens =
                        LongStream.rangeClosed(1, 24).boxed().collect(Collectors.toCollection(ArrayList::new));
                Collections.shuffle(tokens, new Random(round));
                List<CompletableFuture<Void>> all = new ArrayList<>();
                for (int writer = 0; writer < writers; writer++) {
                    List<Long> own = tokens.subList(writer * 6, writer * 6 + 6);
                    all.add(CompletableFuture.runAsync(() -> writeInOrder(made, key, own), threads));
                }
                all.forEach(CompletableFuture::join);
                assertThat(over(made).read(key)).hasValue(new FencedValue(token(24), "by 24".getBytes(UTF_8)));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void writeInOrder(DataSource database, String key, List<Long> tokens) {
        try (FencedResource resource = over(database)) {
            long greatest = 0;
            for (long token : tokens) {
                FencedWrite outcome = write(resource, key, token, "by " + token);
                assertThat(outcome.isAccepted() && token < greatest)
                        .as("%s was accepted after %s", token, greatest)
                        .isFalse();
                greatest = Math.max(
                        greatest,
                        outcome instanceof FencedWrite.Stale stale
                                ? stale.greatest().value()
                                : token);
            }
        }
    }

    /** A pool may give connections that commit only when they are told to. */
    @ParameterizedTest
    @EnumSource
    void connectionsAreGivenBackAsTheyWere(Database database) throws SQLException {
        DataSource made = made(database);
        try (Connection manual = made.getConnection()) {
            manual.setAutoCommit(false);
            try (FencedResource resource = over(lending(manual))) {
                assertThat(write(resource, "k", 5, "a").isAccepted()).isTrue();
            }
            assertThat(manual.getAutoCommit()).isFalse();
            manual.rollback();
        }
        assertThat(over(made).read("k")).isPresent();
    }

    /** A pool of one connection, which is not closed when it is given back. */
    private static DataSource lending(Connection connection) {
        Connection lent = implemented(
                Connection.class,
                (proxy, method, arguments) ->
                        method.getName().equals("close") ? null : method.invoke(connection, arguments));
        return implemented(DataSource.class, (proxy, method, arguments) -> lent);
    }

    private static <T> T implemented(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreReadable(Database database) throws SQLException {
        DataSource made = made(database);
        write(over(made), "orders/\u00e9", 7, "a");
        try (Connection connection = made.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT name, fence, present FROM " + TABLE)) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(1)).isEqualTo("orders%2F%C3%A9");
            assertThat(row.getLong(2)).isEqualTo(7);
            assertThat(row.getInt(3)).isEqualTo(1);
            assertThat(row.next()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMissingTableIsSaidAtOnce(Database database) {
        try (FencedResource resource = over(database.in(folder))) {
            assertThatThrownBy(() -> write(resource, "k", 1, "a"))
                    .isInstanceOf(LockUnavailableException.class)
                    .hasMessageContainingAll("jdbc: table fenced_values", "'k' with token 1");
            assertThatThrownBy(() -> resource.read("k")).isInstanceOf(LockUnavailableException.class);
        }
        for (String name : List.of("", "a;b", "a.b.c", "1a", "a b")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JdbcFencedResources.schema(name))
                    .withMessageContaining("'" + name + "'");
        }
    }
}

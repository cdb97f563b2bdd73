package io.fencepost.example.jdbc;

import com.zaxxer.hikari.HikariConfig;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.time.Duration;

/** {@code jdbc-example://user:password@host:port/database} of an H2 server; {@code ?operationTimeout=3s} bounds opening too. */
public final class JdbcLockProvider implements LockProvider {
    @Override
    public String scheme() {
        return "jdbc-example";
    }

    @Override
    public LockBackend open(BackendConfig config) {
        String target = config.addresses(9092) + "/" + config.path();
        if (!target.matches("\\[[\\w.:\\[\\]-]+]/[\\w-]{1,64}")) { // no semicolon: it could add settings that run SQL
            throw new IllegalArgumentException("jdbc-example: '" + target
                    + "' is not one server and a database of 1 to 64 letters, digits, '_' and '-'");
        }
        Duration timeout = config.duration(
                "operationTimeout", Duration.ofSeconds(3), Duration.ofMillis(400), Duration.ofMinutes(1));
        config.rejectUnknownOptions();
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("jdbc-example: " + target);
        // H2 would confirm commits before it writes them; and the network timeout frees a thread from a silent server
        pool.setJdbcUrl("jdbc:h2:tcp://" + config.addresses(9092).get(0) + "/./" + config.path()
                + ";WRITE_DELAY=0;NETWORK_TIMEOUT=" + timeout.toMillis());
        pool.setUsername(config.user().orElse("sa"));
        pool.setPassword(config.password().orElse(""));
        pool.setMinimumIdle(0); // connects when somebody waits for it, so that nobody hammers at a server that is down
        pool.setInitializationFailTimeout(-1); // the first call finds out, with the deadline that all calls have
        pool.setConnectionTimeout(timeout.toMillis() * 3 / 4); // ends before the deadline, and says why
        return new JdbcLockBackend(pool, timeout);
    }
}

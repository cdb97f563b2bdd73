package io.fencepost.scheduler.store.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;

/** The file: connections to it, and its schema. */
final class Database {
    /** "FPJS" in ASCII: marks a file as one of ours. */
    private static final int APPLICATION = 0x4650_4a53;

    private static final int VERSION = 1;

    /** How long a writer waits for its turn, and after that as long for SQLite's own lock, which it hardly ever has to. */
    static final Duration WAIT = Duration.ofSeconds(5);

    /** In KiB; SQLite takes negative numbers for a size, positive ones for a count of pages. */
    private static final int CACHE = -16 * 1024;

    private final Path file;
    private final Duration wait;

    Database(Path file) {
        this(file, WAIT);
    }

    /** @param wait in place of {@link #WAIT} */
    Database(Path file, Duration wait) {
        this.file = file;
        this.wait = wait;
    }

    Path file() {
        return file;
    }

    Turns turns() throws IOException {
        return Turns.of(file, wait);
    }

    /** A connection whose transactions are on the disk when they are committed. */
    Link writer() throws SQLException {
        SQLiteConfig config = config();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(SynchronousMode.FULL);
        return connect(config);
    }

    /** A connection that cannot write. */
    Link reader() throws SQLException {
        SQLiteConfig config = config();
        config.setReadOnly(true);
        return connect(config);
    }

    private Link connect(SQLiteConfig config) throws SQLException {
        return new Link(config.createConnection("jdbc:sqlite:" + file));
    }

    private SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout((int) wait.toMillis());
        config.setCacheSize(CACHE);
        return config;
    }

    /**
     * Makes the schema if the file is empty.
     *
     * @throws StoreException if it is a database of somebody else, or of another version
     */
    void prepare(Link writer) throws SQLException {
        if (isOurs(writer)) {
            return;
        }
        writer.beginWrite();
        try {
            prepareAlone(writer);
            writer.commit();
        } catch (SQLException | RuntimeException e) {
            writer.rollback();
            throw e;
        }
    }

    private void prepareAlone(Link writer) throws SQLException {
        // somebody else may have been first
        if (isOurs(writer)) {
            return;
        }
        int application = pragma(writer, "application_id");
        int version = pragma(writer, "user_version");
        int tables = writer.one("SELECT count(*) FROM sqlite_master", row -> row.getInt(1))
                .orElse(0);
        if (application != 0 || version != 0 || tables != 0) {
            String found = application == APPLICATION
                    ? "a store of version " + version + ", and this program knows version " + VERSION
                    : "a database of another program";
            throw new StoreException(file + " is " + found, new SQLException("application_id " + application));
        }
        for (String part : schema().split(";", -1)) {
            if (!part.isBlank()) {
                writer.execute(part);
            }
        }
        writer.execute("PRAGMA application_id = " + APPLICATION);
        writer.execute("PRAGMA user_version = " + VERSION);
    }

    private static boolean isOurs(Link link) throws SQLException {
        return pragma(link, "application_id") == APPLICATION && pragma(link, "user_version") == VERSION;
    }

    private static int pragma(Link link, String name) throws SQLException {
        return link.one("PRAGMA " + name, row -> row.getInt(1)).orElse(0);
    }

    private static String schema() {
        try (InputStream in = Database.class.getResourceAsStream("schema.sql")) {
            if (in == null) {
                throw new IllegalStateException("schema.sql is missing from the jar");
            }
            return new String(in.readAllBytes(), UTF_8).replaceAll("(?m)^--.*$", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

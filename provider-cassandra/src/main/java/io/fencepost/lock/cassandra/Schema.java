package io.fencepost.lock.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/** The statements of {@code schema.cql} or {@code schema-observed.cql}, the one place where the schema is written. */
final class Schema {
    private Schema() {}

    static String createKeyspace(CassandraOptions options) {
        return statements(options).get(0);
    }

    static String createTable(CassandraOptions options) {
        return statements(options).get(1);
    }

    private static List<String> statements(CassandraOptions options) {
        String text = text(options.expiry().schemaFile())
                .replaceAll("(?m)^--.*$", "")
                .replace("${keyspace}", options.keyspace())
                .replace("${table}", options.table())
                .replace("${replicationFactor}", Integer.toString(options.replicationFactor()));
        return Arrays.stream(text.split(";"))
                .map(String::strip)
                .filter(statement -> !statement.isEmpty())
                .toList();
    }

    private static String text(String file) {
        try (InputStream in = Schema.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing from the provider's jar");
            }
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

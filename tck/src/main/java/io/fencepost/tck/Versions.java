package io.fencepost.tck;

import io.fencepost.lock.LockClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** Which kit tested which API. */
final class Versions {
    private static final String UNKNOWN = "unknown";

    private Versions() {}

    static String kit() {
        return property(Versions.class, "/io/fencepost/tck/kit.properties").orElse(UNKNOWN);
    }

    /** Of the classes that are in use, from a jar or a folder, on the class path or as a module. */
    static String lockApi() {
        // asked of a class of the API: a module finds its own resources only, and another jar on the path may have the
        // same
        return property(LockClient.class, "/META-INF/fencepost/lock-api.properties")
                // Maven puts this into every jar, also into those of before the file above
                .or(() -> property(LockClient.class, "/META-INF/maven/io.fencepost/fencepost-lock-api/pom.properties"))
                .orElse(UNKNOWN);
    }

    private static Optional<String> property(Class<?> neighbour, String resource) {
        try (InputStream in = neighbour.getResourceAsStream(resource)) {
            if (in == null) {
                return Optional.empty();
            }
            Properties properties = new Properties();
            properties.load(in);
            return Optional.ofNullable(properties.getProperty("version"));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}

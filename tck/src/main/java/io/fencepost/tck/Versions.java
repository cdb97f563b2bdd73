package io.fencepost.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Which kit tested which API. */
final class Versions {
    private static final String UNKNOWN = "unknown";

    private Versions() {}

    static String kit() {
        return property("/io/fencepost/tck/kit.properties", "version");
    }

    /** Of the jar on the class path; unknown where classes come from a folder. */
    static String lockApi() {
        return property("/META-INF/maven/io.fencepost/fencepost-lock-api/pom.properties", "version");
    }

    private static String property(String resource, String name) {
        try (InputStream in = Versions.class.getResourceAsStream(resource)) {
            if (in == null) {
                return UNKNOWN;
            }
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty(name, UNKNOWN);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}

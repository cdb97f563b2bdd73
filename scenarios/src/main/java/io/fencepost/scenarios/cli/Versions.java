package io.fencepost.scenarios.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import picocli.CommandLine.IVersionProvider;

/** Versions as the build knew them. */
final class Versions implements IVersionProvider {
    private static final String RESOURCE = "versions.properties";

    /** Of this project and of the drivers under its providers, by name. */
    static Map<String, String> all() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the class path: the build is incomplete");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> versions = new TreeMap<>();
        properties.stringPropertyNames().forEach(name -> versions.put(name, properties.getProperty(name)));
        return versions;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"fencepost " + all().get("fencepost"), "java " + System.getProperty("java.runtime.version")
        };
    }
}

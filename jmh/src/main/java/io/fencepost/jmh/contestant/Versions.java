package io.fencepost.jmh.contestant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.Properties;

/** Tells the version of a library from its jar. */
public final class Versions {
    /** Of what is built here. */
    public static final String OURS = "this build";

    private Versions() {}

    /**
     * The version that Maven wrote into the jar, or else the one of its manifest, or else {@code unknown}.
     *
     * @param groupId of the artifact
     * @param artifactId of the artifact
     * @param member a class of it
     */
    public static String of(String groupId, String artifactId, Class<?> member) {
        String file = "/META-INF/maven/" + groupId + "/" + artifactId + "/pom.properties";
        try (InputStream in = member.getResourceAsStream(file)) {
            if (in != null) {
                Properties properties = new Properties();
                properties.load(in);
                return artifactId + " " + properties.getProperty("version", "unknown");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return artifactId + " "
                + Optional.ofNullable(member.getPackage().getImplementationVersion())
                        .orElse("unknown");
    }
}

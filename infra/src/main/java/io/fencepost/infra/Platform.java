package io.fencepost.infra;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What differs from machine to machine. */
final class Platform {

    static final File NULL_DEVICE = new File("/dev/null");

    private Platform() {}

    static void check() {
        if (!NULL_DEVICE.exists()) {
            throw new IllegalStateException(
                    "clusters of local processes need a Unix-like system with signals, sh and /dev/null");
        }
    }

    /** Options meant for this build, such as agents, are not for the servers. */
    static void clean(Map<String, String> environment) {
        environment.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"));
    }

    static Path currentJava() {
        return javaOf(Path.of(System.getProperty("java.home"))).orElseThrow();
    }

    /** The java launcher of a Java home, if it is one. */
    static Optional<Path> javaOf(Path home) {
        return Optional.of(home.resolve("bin").resolve("java")).filter(Files::isExecutable);
    }

    /** An executable of this name on the search path. */
    static Optional<Path> onSearchPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return in(List.of(path.split(File.pathSeparator, -1)), name);
    }

    /** As {@link #onSearchPath}, also where the programs of administrators are, which not every path has. */
    static Optional<Path> administration(String name) {
        return onSearchPath(name).or(() -> in(List.of("/usr/sbin", "/sbin"), name));
    }

    private static Optional<Path> in(List<String> folders, String name) {
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder).resolve(name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }
}

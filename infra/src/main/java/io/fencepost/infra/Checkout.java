package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The source tree that this build works in.
 *
 * @param root the folder that has {@code infra/servers}
 */
record Checkout(Path root) {

    /** The system property that names the root; without it the root is looked for upwards of the working directory. */
    static final String ROOT_PROPERTY = "fencepost.root";

    static Checkout find() {
        return find(Optional.ofNullable(System.getProperty(ROOT_PROPERTY)), Path.of(""));
    }

    static Checkout find(Optional<String> named, Path workingDirectory) {
        if (named.isPresent()) {
            Path root = Path.of(named.get()).toAbsolutePath().normalize();
            if (!hasServers(root)) {
                throw new IllegalStateException(ROOT_PROPERTY + " = " + root + " has no folder infra/servers");
            }
            return new Checkout(root);
        }
        Path start = workingDirectory.toAbsolutePath().normalize();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (hasServers(folder)) {
                return new Checkout(folder);
            }
        }
        throw new IllegalStateException(
                "no folder from " + start + " upwards has infra/servers: run inside the checkout or"
                        + " set the system property " + ROOT_PROPERTY);
    }

    /** Where everything goes that runs or is left by a run. */
    Path workFolder() {
        return root.resolve("target").resolve("fencepost");
    }

    /** The class path of a server, as Maven resolved it. */
    List<Path> serverClassPath(ClusterKind kind) {
        Path module = Path.of("infra", "servers", kind.id());
        Path file = root.resolve(module).resolve("target").resolve("classpath.txt");
        String command =
                "./mvnw -B -Ptck process-resources -pl " + module.toString().replace('\\', '/');
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("the class path of the " + kind.id() + " server is not resolved: " + file
                    + " is missing; run " + command);
        }
        try {
            List<Path> entries = Files.readString(file, StandardCharsets.UTF_8)
                    .trim()
                    .lines()
                    .flatMap(line -> List.of(line.split(java.io.File.pathSeparator, -1)).stream())
                    .map(Path::of)
                    .toList();
            for (Path entry : entries) {
                if (!Files.exists(entry)) {
                    throw new IllegalStateException(file + " names " + entry + ", which is gone; run " + command);
                }
            }
            return entries;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static boolean hasServers(Path folder) {
        return Files.isDirectory(folder.resolve("infra").resolve("servers"));
    }
}

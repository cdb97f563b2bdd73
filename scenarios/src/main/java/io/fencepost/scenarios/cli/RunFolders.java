package io.fencepost.scenarios.cli;

import io.fencepost.scenarios.output.EnvironmentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Folders that runs write into. */
final class RunFolders {
    private static final DateTimeFormatter RUN_NAME = DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);

    private RunFolders() {}

    /** {@code environment.json} of a run in {@code folder}. */
    static EnvironmentFile environment(Path folder, Path root, long seed, String profile, String command) {
        return new EnvironmentFile(
                folder.resolve("environment.json"),
                folder.toAbsolutePath().normalize().getFileName().toString(),
                Instant.now(),
                seed,
                profile,
                command,
                Versions.all(),
                root);
    }

    /**
     * Makes an empty folder.
     *
     * @param named by the user with {@code --out}, or null for one in {@code results} that is named after the time and {@code suffix}
     * @throws ParameterException if there is something in it
     */
    static Path prepare(@Nullable Path named, Path root, String suffix, CommandLine command) throws IOException {
        Path folder = named == null
                ? root.resolve("results")
                        .resolve(LocalDateTime.now(ZoneId.systemDefault()).format(RUN_NAME) + "-" + suffix)
                : named;
        Files.createDirectories(folder.toAbsolutePath().getParent());
        try {
            if (Files.exists(folder)) {
                try (Stream<Path> content = Files.list(folder)) {
                    if (content.findAny().isPresent()) {
                        throw new ParameterException(
                                command, "--out: " + folder + " is not empty; a run needs a folder of its own");
                    }
                }
            } else {
                Files.createDirectory(folder);
            }
        } catch (NotDirectoryException e) {
            throw new ParameterException(command, "--out: " + folder + " is not a folder", e);
        }
        return folder;
    }
}

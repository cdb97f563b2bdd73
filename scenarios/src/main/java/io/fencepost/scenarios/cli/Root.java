package io.fencepost.scenarios.cli;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that the command works in. */
final class Root {
    /** Names the checkout; infra reads it as well. */
    private static final String PROPERTY = "fencepost.root";

    private Root() {}

    /** The folder of the system property, or the next one upwards from the working directory that has {@code infra/servers}, or the working directory. */
    static Path find() {
        String named = System.getProperty(PROPERTY);
        if (named != null) {
            return Path.of(named);
        }
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("infra").resolve("servers"))) {
                return folder;
            }
        }
        return here;
    }
}

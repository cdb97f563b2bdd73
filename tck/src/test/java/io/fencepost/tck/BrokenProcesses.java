package io.fencepost.tck;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Locks that processes share, sound ones and such with one defect each that shows only between processes. */
final class BrokenProcesses {
    private BrokenProcesses() {}

    /** Locks in files. */
    private abstract static class OfFiles extends LockProviderTck {
        abstract FileLockProvider.Defect defect();

        @Override
        protected ProviderFixture fixture() {
            Path folder = newFolder();
            return new UriFixture(
                    getClass().getSimpleName(),
                    "lockfile:?folder=" + folder + "&defect="
                            + defect().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    Duration.ofMillis(400)) {
                @Override
                public void close() {
                    delete(folder);
                }
            };
        }
    }

    static class Sound extends OfFiles {
        @Override
        FileLockProvider.Defect defect() {
            return FileLockProvider.Defect.NONE;
        }
    }

    /** What keeps holders apart is a map of their process. */
    static class EveryProcessHasItsOwnLocks extends OfFiles {
        @Override
        FileLockProvider.Defect defect() {
            return FileLockProvider.Defect.PROCESS_LOCAL;
        }
    }

    /** A lock file that nobody removes when its process is gone. */
    static class DeadHolderKeepsItsLock extends OfFiles {
        @Override
        FileLockProvider.Defect defect() {
            return FileLockProvider.Defect.NO_TTL;
        }
    }

    /** Whoever wakes up late removes the successor's file. */
    static class PausedHolderFreesItsSuccessor extends OfFiles {
        @Override
        FileLockProvider.Defect defect() {
            return FileLockProvider.Defect.RELEASE_BY_NAME;
        }
    }

    private static Path newFolder() {
        try {
            return Files.createTempDirectory("fencepost-tck-files");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

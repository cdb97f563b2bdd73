package io.fencepost.infra;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Finds the process whose end ends a shared cluster: the Maven process of this build, else this JVM. */
final class Owner {

    private static final List<String> MAVEN_LAUNCHERS =
            List.of("org.codehaus.plexus.classworlds.launcher.Launcher", "org.apache.maven.wrapper.MavenWrapperMain");

    private Owner() {}

    static ProcessIdentity ofThisBuild() {
        Optional<ProcessHandle> candidate = Optional.of(ProcessHandle.current());
        while (candidate.isPresent()) {
            ProcessHandle process = candidate.get();
            if (isMaven(arguments(process))) {
                Optional<ProcessIdentity> maven = ProcessIdentity.of(process.pid());
                if (maven.isPresent()) {
                    return maven.get();
                }
            }
            candidate = process.parent();
        }
        return ProcessIdentity.ofThisProcess();
    }

    /** Whether a command line starts Maven: one argument is exactly its launcher class. */
    static boolean isMaven(List<String> arguments) {
        return arguments.stream().anyMatch(MAVEN_LAUNCHERS::contains);
    }

    private static List<String> arguments(ProcessHandle process) {
        try {
            // ProcessHandle.Info gives nothing when the command line is longer than a page, as with a long class path
            Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
            return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
        } catch (IOException e) {
            return process.info().arguments().map(List::of).orElse(List.of());
        }
    }
}

package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Child processes that do nothing, for tests of what ends processes. */
final class Sleepers implements AutoCloseable {

    static final List<String> COMMAND = List.of("sleep", "600");

    private final List<Process> processes = new ArrayList<>();

    ProcessIdentity start() {
        try {
            Process process = new ProcessBuilder(COMMAND).start();
            processes.add(process);
            return ProcessIdentity.of(process.pid()).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}

package io.fencepost.scheduler.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.scheduler.job.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs a program as a process of its own, without a shell. It gets the payload on its standard input and few variables of the worker's environment, since that may hold secrets; the end of its
 * output goes into the history. To stop it, it and its descendants are asked to end, and killed if they have not soon after.
 */
final class CommandPerformer {
    private static final Set<String> PASSED_ON =
            Set.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SystemRoot", "TEMP", "TMP");

    private static final Duration TO_END = Duration.ofMillis(500);

    /** For what is left in the pipe when the process has ended; a descendant that lives on may keep it open. */
    private static final Duration TO_READ = Duration.ofMillis(500);

    private CommandPerformer() {}

    static String perform(Work.Command command, JobContext context) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command.arguments()).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(PASSED_ON);
        environment.put("FENCEPOST_TOKEN", context.token().toString());
        environment.put("FENCEPOST_JOB", context.job().id().value());
        environment.put("FENCEPOST_RUN", Long.toString(context.job().run()));

        Process process = builder.start();
        Tail tail = new Tail();
        try {
            daemon("stdin of job " + context.job().id(), () -> write(process, context.payload()));
            Thread reader = daemon("output of job " + context.job().id(), () -> tail.read(process.getInputStream()));
            int exit = process.waitFor();
            reader.join(TO_READ.toMillis());
            String output = tail.text();
            if (exit != 0) {
                throw new WorkFailedException("exit code " + exit + (output.isEmpty() ? "" : ": " + output));
            }
            return output;
        } finally {
            end(process);
        }
    }

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void write(Process process, byte[] payload) {
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(payload);
        } catch (IOException ignored) {
            // a program need not read what it is given
        }
    }

    /** Leaves nothing behind that can be found: what a program detached from itself before it ended cannot be. */
    private static void end(Process process) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> before = withDescendants(process);
        before.forEach(ProcessHandle::destroy);
        boolean interrupted = false;
        try {
            boolean unused = process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        // the second look finds what was started since the first; the first, what lost its parent since
        Stream.concat(before.stream(), withDescendants(process).stream()).forEach(ProcessHandle::destroyForcibly);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ProcessHandle> withDescendants(Process process) {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** The last bytes of a stream. */
    private static final class Tail {
        private final byte[] ring = new byte[Details.MAX_LENGTH];
        private long length;

        void read(InputStream stream) {
            byte[] buffer = new byte[8192];
            try {
                for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
                    add(buffer, n);
                }
            } catch (IOException ignored) {
                // the process was ended
            }
        }

        private synchronized void add(byte[] bytes, int count) {
            for (int i = 0; i < count; i++) {
                ring[(int) (length++ % ring.length)] = bytes[i];
            }
        }

        synchronized String text() {
            int kept = (int) Math.min(length, ring.length);
            byte[] bytes = new byte[kept];
            for (int i = 0; i < kept; i++) {
                bytes[i] = ring[(int) ((length - kept + i) % ring.length)];
            }
            return new String(bytes, UTF_8).strip();
        }
    }
}

package io.fencepost.scheduler.store.jdbc;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A process that stands still when it is its turn to write, as one that is stopped does, until it is killed. */
final class StoppedWriter {
    private final Process process;

    private StoppedWriter(Process process) {
        this.process = process;
    }

    /** Returns when it stands. */
    static StoppedWriter inTransaction(Path file) throws IOException {
        return start(file, "transaction");
    }

    /** It has no more than its turn. */
    static StoppedWriter beforeTransaction(Path file) throws IOException {
        return start(file, "turn");
    }

    private static StoppedWriter start(Path file, String where) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StoppedWriter.class.getName(),
                file.toString(),
                where);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        StoppedWriter writer = new StoppedWriter(process);
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (!"STANDS".equals(line)) {
            writer.kill();
            throw new IOException("the process said " + line);
        }
        return writer;
    }

    /** Returns when it is gone, and its locks with it. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** @param arguments the file, and whether it stands in a {@code transaction} or has its {@code turn} only */
    public static void main(String[] arguments) throws Exception {
        Database database = new Database(Path.of(arguments[0]));
        try (Turns turns = database.turns();
                Link link = database.writer()) {
            Turns.Turn turn = turns.take();
            if (arguments[1].equals("transaction")) {
                link.beginWrite();
            }
            new PrintStream(System.out, true, StandardCharsets.UTF_8).println("STANDS");
            int end = System.in.read();
            turn.give();
            System.exit(end);
        }
    }
}

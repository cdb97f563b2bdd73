package io.fencepost.infra;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Runs programs that end soon by themselves. */
final class Programs {

    private Programs() {}

    /**
     * How a program ended.
     *
     * @param status its exit status, 128 and the signal if one ended it
     * @param output what it wrote to standard output and standard error
     */
    record Result(int status, String output) {}

    /**
     * Runs a program to its end.
     *
     * @param environment added to that of this process
     * @throws IllegalStateException if it cannot be started
     */
    static Result run(Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Platform.NULL_DEVICE)
                    .redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), Waiting.CONSOLE);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new IllegalStateException("cannot run " + String.join(" ", command) + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw Waiting.interrupted(String.join(" ", command), e);
        }
    }
}

package io.fencepost.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * What one execution of one scenario on one provider leaves behind.
 *
 * @param folder where
 */
public record RunFolder(Path folder) {
    public RunFolder {
        Objects.requireNonNull(folder, "folder");
    }

    /** {@code run.json}: what was run, with what, and what is expected of it. */
    public Path run() {
        return folder.resolve("run.json");
    }

    /** {@code history.jsonl.gz}: what happened. */
    public Path history() {
        return folder.resolve("history.jsonl.gz");
    }

    /** {@code verdict.json}: what the checkers say of it. */
    public Path verdict() {
        return folder.resolve("verdict.json");
    }

    /** {@code page.html}: all of it for people. */
    public Path page() {
        return folder.resolve("page.html");
    }

    /** {@code logs/}: what servers and workers logged. */
    public Path logs() {
        return folder.resolve("logs");
    }

    /** Reads {@code run.json}. */
    public RunFacts readFacts() throws IOException {
        return RunFacts.read(run());
    }

    /** Reads the history. */
    public History readHistory() throws IOException {
        return History.read(history());
    }
}

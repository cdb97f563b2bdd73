package io.fencepost.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** A complete run with made-up numbers, copied to a folder where a test may spoil it. */
final class MadeUpRun {
    private final Path folder;

    private MadeUpRun(Path folder) {
        this.folder = folder;
    }

    static MadeUpRun in(Path folder) throws IOException {
        Files.createDirectory(folder.resolve("chaos"));
        for (String file : List.of("bench.csv", "chaos.csv", "conformance.csv", "environment.json", "chaos/runs.csv")) {
            try (InputStream in = Objects.requireNonNull(MadeUpRun.class.getResourceAsStream("/complete/" + file))) {
                Files.copy(in, folder.resolve(file));
            }
        }
        return new MadeUpRun(folder);
    }

    Path folder() {
        return folder;
    }

    /** Replaces text that must be there. */
    MadeUpRun with(String file, String text, String replacement) throws IOException {
        String content = Files.readString(folder.resolve(file));
        assertThat(content).contains(text);
        Files.writeString(folder.resolve(file), content.replace(text, replacement));
        return this;
    }

    /** Replaces the one row that starts so; an empty replacement takes it out. */
    MadeUpRun withRow(String file, String start, String replacement) throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve(file));
        assertThat(lines).filteredOn(line -> line.startsWith(start)).hasSize(1);
        List<String> replaced = lines.stream()
                .map(line -> line.startsWith(start) ? replacement : line)
                .filter(line -> !line.isEmpty())
                .toList();
        Files.write(folder.resolve(file), replaced);
        return this;
    }
}

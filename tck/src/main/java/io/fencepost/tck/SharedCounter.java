package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.FencingToken;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** A number in a file that processes read, and write a moment later, with nothing but a lock to keep them apart. */
final class SharedCounter {
    private final Path number;
    private final Path inside;
    private final Path overlaps;
    private final Path tokens;

    /** @param folder that the processes share */
    SharedCounter(Path folder) {
        this.number = folder.resolve("number");
        this.inside = folder.resolve("inside");
        this.overlaps = folder.resolve("overlaps");
        this.tokens = folder.resolve("tokens");
    }

    /** Reads, sleeps, writes one more. Under the lock whose token is given. */
    void increment(FencingToken token, int sleepMillis) throws IOException, InterruptedException {
        try {
            Files.createFile(inside);
        } catch (FileAlreadyExistsException e) {
            append(overlaps, "the holder of token " + token + " met another one inside");
        }
        long read = read();
        Thread.sleep(sleepMillis);
        Files.writeString(number, Long.toString(read + 1));
        append(tokens, token.toString());
        Files.deleteIfExists(inside);
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private long read() throws IOException {
        try {
            String text = Files.readString(number);
            // a number that is half written is seen only by one that meets its writer inside
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /** Fails if two were inside at once, an increment was lost, or a token was not greater than all before it. */
    void assertCountedTo(long expected) throws IOException {
        assertThat(linesOf(overlaps)).as("processes that met inside").isEmpty();
        assertThat(read()).as("sum of unguarded increments of all processes").isEqualTo(expected);
        List<Long> issued = new ArrayList<>();
        for (String token : linesOf(tokens)) {
            issued.add(Long.parseLong(token));
        }
        assertThat(issued).as("tokens in the order of the increments").hasSize((int) expected);
        for (int i = 1; i < issued.size(); i++) {
            assertThat(issued.get(i))
                    .as("token of increment %d, which followed one with token %d", i + 1, issued.get(i - 1))
                    .isGreaterThan(issued.get(i - 1));
        }
    }

    private static List<String> linesOf(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file, UTF_8) : List.of();
    }
}

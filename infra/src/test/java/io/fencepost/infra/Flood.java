package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client that writes until it can write no more. How much that takes is the kernel's to say: its buffers on the way
 * grow to tens of MiB each where the settings of the machine allow it, so no fixed amount fills them everywhere.
 */
final class Flood {

    private static final Duration STANDSTILL = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CHUNK = 1 << 20;

    /** More than all buffers of the way together; what gets this far is bounded by nobody. */
    private static final int LIMIT = 1024;

    private final byte[] chunk = new byte[CHUNK];
    private final CompletableFuture<Void> writing;
    private volatile int written;
    private volatile boolean stopped;

    private Flood(Socket client) {
        new Random(7).nextBytes(chunk);
        writing = CompletableFuture.runAsync(() -> write(client));
    }

    static Flood into(Socket client) {
        return new Flood(client);
    }

    /** Waits until the writer is stuck, and fails if it never is. */
    void awaitStandstill() throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        int before = -1;
        while (before != written || before == 0) {
            assertThat(writing).isNotDone();
            assertThat(System.nanoTime()).isLessThan(giveUp);
            before = written;
            Thread.sleep(STANDSTILL.toMillis());
        }
        assertThat(writing).isNotDone();
    }

    /** Writes no further chunk, and reads the echo of all that was written. */
    void stopAndReadBack(Socket client) throws Exception {
        stopped = true;
        int read = 0;
        for (int expected = written; read < expected; read++) {
            assertNext(client);
        }
        // the chunk in which the writer was stuck fits into the way now that the others have been read
        writing.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (; read < written; read++) {
            assertNext(client);
        }
    }

    private void assertNext(Socket client) throws IOException {
        assertThat(client.getInputStream().readNBytes(CHUNK)).isEqualTo(chunk);
    }

    private void write(Socket client) {
        try {
            for (int number = 1; number <= LIMIT && !stopped; number++) {
                client.getOutputStream().write(chunk);
                written = number;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.fencepost.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Appends events to {@code history.jsonl.gz}, in the order in which they come. What was appended is in the file a second later at most, so that a runner that dies leaves
 * a history that can be read. Thread-safe.
 */
public final class HistoryWriter implements AutoCloseable {
    private static final Duration FLUSH = Duration.ofSeconds(1);
    private static final int BUFFER = 1 << 16;

    private final Object monitor = new Object();
    private final Path file;
    private final OutputStream out;
    private final ScheduledExecutorService flusher;
    private @Nullable IOException failure;
    private boolean closed;
    private int lines;

    private HistoryWriter(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
        flusher = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "history-flush");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Begins a new file, which must not exist yet. */
    public static HistoryWriter create(Path file) throws IOException {
        OutputStream raw = Files.newOutputStream(file, java.nio.file.StandardOpenOption.CREATE_NEW);
        OutputStream gzip;
        try {
            gzip = new GZIPOutputStream(raw, BUFFER, true);
        } catch (IOException e) {
            raw.close();
            throw e;
        }
        HistoryWriter writer = new HistoryWriter(file, new BufferedOutputStream(gzip, BUFFER));
        var unused = writer.flusher.scheduleWithFixedDelay(
                writer::flushQuietly, FLUSH.toMillis(), FLUSH.toMillis(), TimeUnit.MILLISECONDS);
        return writer;
    }

    /**
     * Appends an event.
     *
     * @throws IOException if this or an earlier event could not be written
     * @throws IllegalStateException if the history is closed
     */
    public void append(Event event) throws IOException {
        byte[] line = (event.toJson() + "\n").getBytes(UTF_8);
        synchronized (monitor) {
            if (closed) {
                throw new IllegalStateException(file + " is closed");
            }
            throwFailure();
            out.write(line);
            lines++;
        }
    }

    /** How many events were appended. */
    public int size() {
        synchronized (monitor) {
            return lines;
        }
    }

    /** Puts into the file what was appended by now. */
    public void flush() throws IOException {
        synchronized (monitor) {
            throwFailure();
            if (!closed) {
                out.flush();
            }
        }
    }

    private void flushQuietly() {
        synchronized (monitor) {
            try {
                if (!closed) {
                    out.flush();
                }
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    private void throwFailure() throws IOException {
        if (failure != null) {
            throw new IOException("cannot write " + file, failure);
        }
    }

    /** Completes the file. */
    @Override
    public void close() throws IOException {
        flusher.shutdownNow();
        synchronized (monitor) {
            if (!closed) {
                closed = true;
                out.close();
                throwFailure();
            }
        }
    }
}

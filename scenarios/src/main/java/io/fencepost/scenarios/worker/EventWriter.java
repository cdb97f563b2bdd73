package io.fencepost.scenarios.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Writes events. Those of a busy loop are collected for a few milliseconds, so that reporting thousands of grants a second does not wake the run up for each of them
 * and disturb what it measures. Thread-safe.
 */
final class EventWriter implements AutoCloseable {
    private static final Duration COLLECT = Duration.ofMillis(20);

    private final BufferedWriter out;
    private final ScheduledExecutorService flusher;

    EventWriter(OutputStream stream) {
        out = new BufferedWriter(new OutputStreamWriter(stream, UTF_8), 1 << 16);
        flusher = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "worker-events");
            thread.setDaemon(true);
            return thread;
        });
        var unused = flusher.scheduleWithFixedDelay(
                this::flush, COLLECT.toMillis(), COLLECT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Reports soon. */
    void write(Event event) {
        String line = Wire.encode(event);
        synchronized (out) {
            try {
                out.write(line);
                out.write('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("the run does not read any more", e);
            }
        }
    }

    /** Reports now: the event is in the pipe when this returns, whatever becomes of this process. */
    void writeNow(Event event) {
        write(event);
        flush();
    }

    private void flush() {
        synchronized (out) {
            try {
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("the run does not read any more", e);
            }
        }
    }

    @Override
    public void close() {
        flusher.shutdownNow();
        flush();
    }
}

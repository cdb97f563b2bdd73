package io.fencepost.scenarios.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.Recorder;

/** Histograms by {@link LoadTag}, written every second as an interval log. Recording is thread-safe and waits for nobody. */
final class LoadLog implements AutoCloseable {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Map<LoadTag, Recorder> recorders = new EnumMap<>(LoadTag.class);
    private final PrintStream stream;
    private final HistogramLogWriter writer;
    private final ScheduledExecutorService ticker;

    /** @throws IOException if the file cannot be made */
    LoadLog(Path file, String comment) throws IOException {
        for (LoadTag tag : LoadTag.values()) {
            recorders.put(tag, new Recorder(SIGNIFICANT_DIGITS));
        }
        stream = new PrintStream(Files.newOutputStream(file), false, UTF_8);
        writer = new HistogramLogWriter(stream);
        long now = System.currentTimeMillis();
        writer.outputComment("[" + comment + "; values in ns, maxima in ms]");
        writer.outputLogFormatVersion();
        writer.outputStartTime(now);
        writer.setBaseTime(now);
        writer.outputLegend();
        ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "worker-load-log");
            thread.setDaemon(true);
            return thread;
        });
        var unused = ticker.scheduleAtFixedRate(this::writeInterval, 1, 1, TimeUnit.SECONDS);
    }

    void record(LoadTag tag, long nanos) {
        Objects.requireNonNull(recorders.get(tag)).recordValue(Math.max(0, nanos));
    }

    private synchronized void writeInterval() {
        recorders.forEach((tag, recorder) -> {
            Histogram interval = recorder.getIntervalHistogram();
            if (interval.getTotalCount() > 0) {
                interval.setTag(tag.id());
                writer.outputIntervalHistogram(
                        interval.getStartTimeStamp() / 1000.0,
                        interval.getEndTimeStamp() / 1000.0,
                        interval,
                        NANOS_PER_MILLI);
            }
        });
    }

    /** Writes the last interval. Nothing is to be recorded any more. */
    @Override
    public void close() throws IOException {
        ticker.shutdownNow();
        writeInterval();
        stream.close();
        if (stream.checkError()) {
            throw new IOException("the histogram log could not be written");
        }
    }
}

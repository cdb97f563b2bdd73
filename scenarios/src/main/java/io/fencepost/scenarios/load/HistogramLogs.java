package io.fencepost.scenarios.load;

import io.fencepost.scenarios.worker.LoadTag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * The interval logs of several workers, merged: the percentiles are those of all operations, never an average of percentiles.
 *
 * @see <a href="https://hdrhistogram.org">HdrHistogram</a>
 */
final class HistogramLogs {
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final double NANOS_PER_MILLI = 1e6;

    private final Map<LoadTag, Histogram> merged = new EnumMap<>(LoadTag.class);

    private HistogramLogs() {
        for (LoadTag tag : LoadTag.values()) {
            merged.put(tag, new Histogram(SIGNIFICANT_DIGITS));
        }
    }

    /** @throws IOException if one is missing, or holds what no worker writes */
    static HistogramLogs read(Collection<Path> files) throws IOException {
        HistogramLogs logs = new HistogramLogs();
        for (Path file : files) {
            // the reader tells only of the end of a file, not of its absence
            if (!Files.isReadable(file)) {
                throw new IOException(file + " is not there");
            }
            try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
                while (reader.hasNext()) {
                    logs.add(file, reader.nextIntervalHistogram());
                }
            }
        }
        return logs;
    }

    private void add(Path file, EncodableHistogram interval) throws IOException {
        for (LoadTag tag : LoadTag.values()) {
            if (tag.id().equals(interval.getTag()) && interval instanceof Histogram histogram) {
                of(tag).add(histogram);
                return;
            }
        }
        throw new IOException(file + " has an interval with the unknown tag '" + interval.getTag() + "'");
    }

    private Histogram of(LoadTag tag) {
        return Objects.requireNonNull(merged.get(tag));
    }

    long count(LoadTag tag) {
        return of(tag).getTotalCount();
    }

    /** The time in milliseconds that {@code percent} of all do not exceed; 0 if there are none. */
    double millis(LoadTag tag, double percent) {
        return of(tag).getValueAtPercentile(percent) / NANOS_PER_MILLI;
    }

    /** The same of several kinds together. */
    double millis(Collection<LoadTag> tags, double percent) {
        Histogram all = new Histogram(SIGNIFICANT_DIGITS);
        tags.forEach(tag -> all.add(of(tag)));
        return all.getValueAtPercentile(percent) / NANOS_PER_MILLI;
    }
}

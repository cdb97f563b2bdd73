package io.fencepost.scenarios.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fencepost.scenarios.worker.LoadTag;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistogramLogsTest {
    private static final long MILLI = 1_000_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    /** A log of one interval for each group of values. */
    private Path log(String name, String tag, long[]... intervals) throws IOException {
        Path file = folder.resolve(name);
        HistogramLogWriter writer = new HistogramLogWriter(file.toFile());
        writer.outputLogFormatVersion();
        writer.outputStartTime(0);
        writer.outputLegend();
        for (long[] values : intervals) {
            Histogram histogram = new Histogram(3);
            histogram.setTag(tag);
            for (long value : values) {
                histogram.recordValue(value * MILLI);
            }
            writer.outputIntervalHistogram(histogram);
        }
        writer.close();
        return file;
    }

    @Test
    void percentilesAreThoseOfAllOperationsAndNotAveraged() throws IOException {
        Path fast = log("w1.hlog", "latency", new long[] {1, 1, 1}, new long[] {1, 1, 1, 1, 1, 1});
        Path slow = log("w2.hlog", "latency", new long[] {1_000});

        HistogramLogs logs = HistogramLogs.read(List.of(fast, slow));

        assertThat(logs.count(LoadTag.LATENCY)).isEqualTo(10);
        // the mean of the two medians would be 500
        assertThat(logs.millis(LoadTag.LATENCY, 50)).isCloseTo(1, within(0.01));
        assertThat(logs.millis(LoadTag.LATENCY, 90)).isCloseTo(1, within(0.01));
        assertThat(logs.millis(LoadTag.LATENCY, 99)).isCloseTo(1_000, within(1.0));
    }

    @Test
    void kindsAreKeptApartAndCanBeTakenTogether() throws IOException {
        HistogramLogs logs = HistogramLogs.read(List.of(
                log("a.hlog", "service", new long[] {5}),
                log("b.hlog", "contended", new long[] {100}),
                log("c.hlog", "unknown", new long[] {300})));

        assertThat(logs.count(LoadTag.LATENCY)).isZero();
        assertThat(logs.millis(LoadTag.LATENCY, 99)).isZero();
        assertThat(logs.millis(LoadTag.SERVICE, 99)).isCloseTo(5, within(0.01));
        assertThat(logs.millis(List.of(LoadTag.CONTENDED, LoadTag.UNKNOWN), 100))
                .isCloseTo(300, within(1.0));
    }

    @Test
    void aMissingLogIsAnError() {
        assertThatThrownBy(() -> HistogramLogs.read(List.of(folder.resolve("absent.hlog"))))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("absent.hlog is not there");
    }

    @Test
    void anUnknownTagIsAnError() throws IOException {
        Path file = log("a.hlog", "other", new long[] {5});

        assertThatThrownBy(() -> HistogramLogs.read(List.of(file)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the unknown tag 'other'");
    }
}

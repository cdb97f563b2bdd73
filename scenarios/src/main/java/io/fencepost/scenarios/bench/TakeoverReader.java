package io.fencepost.scenarios.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Reads the takeovers of a run from {@code takeover/chaos.csv}. */
final class TakeoverReader {
    /** The folder in the folder of a run that they were measured into. */
    static final String FOLDER = "takeover";

    private static final CSVFormat FORMAT =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private TakeoverReader() {}

    /** By provider; none if the run measured none. */
    static Map<String, Takeover> read(Path run) throws IOException {
        Path file = run.resolve(FOLDER).resolve("chaos.csv");
        Map<String, Takeover> takeovers = new TreeMap<>();
        if (!Files.exists(file)) {
            return takeovers;
        }
        Map<String, Map<String, CSVRecord>> rows = new TreeMap<>();
        try (Reader reader = Files.newBufferedReader(file, UTF_8);
                CSVParser parser =
                        CSVParser.builder().setReader(reader).setFormat(FORMAT).get()) {
            for (CSVRecord row : parser) {
                if (row.get("scenario").equals("takeover")) {
                    rows.computeIfAbsent(row.get("provider"), provider -> new HashMap<>())
                            .put(row.get("metric"), row);
                }
            }
            for (Map.Entry<String, Map<String, CSVRecord>> provider : rows.entrySet()) {
                CSVRecord median = provider.getValue().get("takeover_p50");
                CSVRecord greatest = provider.getValue().get("takeover_max");
                CSVRecord ttl = provider.getValue().get("ttl");
                if (median != null && greatest != null && ttl != null) {
                    takeovers.put(
                            provider.getKey(),
                            new Takeover(
                                    Double.parseDouble(ttl.get("value")),
                                    Double.parseDouble(median.get("low")),
                                    Double.parseDouble(greatest.get("value")),
                                    Integer.parseInt(greatest.get("n"))));
                }
            }
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
        return takeovers;
    }
}

package io.fencepost.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.tck.RuleResult.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results of one provider: one for each rule of the catalogue, in its order.
 *
 * @param provider name of the fixture
 * @param results of all rules
 */
record Conformance(String provider, List<RuleResult> results) {
    static final String FILE = "conformance.csv";

    Conformance {
        results = List.copyOf(results);
    }

    List<RuleResult> with(Verdict verdict) {
        return results.stream().filter(result -> result.verdict() == verdict).toList();
    }

    /** Writes {@value #FILE} into a folder, which is made. */
    Path write(Path folder) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(RuleResult.COLUMNS);
        results.forEach(result -> rows.add(result.toFields()));
        Files.createDirectories(folder);
        return Files.writeString(folder.resolve(FILE), Csv.format(rows), UTF_8);
    }

    /** Reads what {@link #write} wrote. */
    static Conformance read(Path file) throws IOException {
        try {
            List<List<String>> rows = Csv.parse(Files.readString(file, UTF_8));
            if (rows.size() < 2 || !rows.get(0).equals(RuleResult.COLUMNS)) {
                throw new IllegalArgumentException(
                        "expected the header " + RuleResult.COLUMNS + " and one row or more");
            }
            List<RuleResult> results =
                    rows.stream().skip(1).map(RuleResult::fromFields).toList();
            return new Conformance(results.get(0).provider(), results);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is not a " + FILE + ": " + e.getMessage(), e);
        }
    }

    /** The rules that were not run, by reason. */
    static Map<String, List<RuleResult>> byReason(List<RuleResult> results) {
        return results.stream()
                .collect(Collectors.groupingBy(RuleResult::reason, LinkedHashMap::new, Collectors.toList()));
    }

    static String numbers(List<RuleResult> results) {
        return results.stream().map(result -> result.rule().toString()).collect(Collectors.joining(" "));
    }
}

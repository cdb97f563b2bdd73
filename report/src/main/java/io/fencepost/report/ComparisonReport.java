package io.fencepost.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/**
 * The comparison of the providers of one run: what each promises, which rules of the conformance kit it keeps, how fast it is beside the
 * raw calls of its driver, what it does when something dies, whether exclusion held over every recorded grant, and what chaos did to it. Immutable.
 *
 * @param markdown the whole comparison, as {@code comparison.md} has it: aligned for terminals, ending in a newline
 * @param problems what the run should have and has not, one sentence each: an expected cell that is missing, a zero that cannot be,
 *     an environment that does not say what was measured; and what it must not have: a conformance rule that failed, a run of chaos
 *     whose verdict is unknown or invalid. Empty for a complete run. Neither conformance results nor chaos is demanded; without them the
 *     comparison says NOT RUN
 * @param violations where a measurement counted a double holder or a token violation, one sentence each; empty when exclusion held. What
 *     chaos counted is judged by the verdicts of its runs
 */
public record ComparisonReport(String markdown, List<String> problems, List<String> violations) {
    public ComparisonReport {
        problems = List.copyOf(problems);
        violations = List.copyOf(violations);
    }

    /** Whether every expected cell was there, and no conformance rule failed, and each run of chaos is valid or NOT RUN. Says nothing about {@link #violations}. */
    public boolean complete() {
        return problems.isEmpty();
    }

    /**
     * Reads {@code bench.csv}, {@code chaos.csv}, {@code environment.json}, {@code conformance.csv} and {@code chaos/runs.csv} of a run
     * and writes {@code comparison.md} and {@code comparison.html} beside them, over what may be there. An incomplete run is written all the same, with MISSING in its cells.
     * Blocks for file access only.
     *
     * @param runFolder the folder of the run, {@code results/<run>}
     * @throws ResultsFormatException if a file is not what results/README.md says; the message names file, line and column, and nothing
     *     is written
     * @throws NotDirectoryException if {@code runFolder} is not a folder
     * @throws NoSuchFileException if there is neither {@code bench.csv} nor {@code chaos.csv}, or the folder is of chaos alone, which has a
     *     page of its own; the reason says which
     * @throws IOException if a file cannot be read or written
     */
    public static ComparisonReport write(Path runFolder) throws IOException {
        Comparison comparison = Comparison.of(Run.read(runFolder));
        List<Block> document = ComparisonDocument.of(comparison);
        String markdown = MarkdownWriter.write(document);
        String html = HtmlWriter.write(ComparisonDocument.title(comparison), document);
        Files.writeString(runFolder.resolve("comparison.md"), markdown);
        Files.writeString(runFolder.resolve("comparison.html"), html);
        return new ComparisonReport(markdown, comparison.problems(), comparison.violations());
    }

    /**
     * Whether a file can be the {@code conformance.csv} of a run, so that nobody learns of a wrong one after the run. Blocks for file
     * access only.
     *
     * @param file whatever its name
     * @throws ResultsFormatException if it is not what results/README.md says; the message names file, line and column
     * @throws IOException if it cannot be read
     */
    public static void checkConformance(Path file) throws IOException {
        ConformanceFile.read(file);
    }
}

package io.fencepost.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The folder of a run, read.
 *
 * @param conformance what the conformance kit found; empty if the run has no such file, which it need not
 * @param problems which files are missing
 */
record Run(RunEnvironment environment, Results results, Optional<Conformance> conformance, List<String> problems) {
    /** The files with measurements. Which of them has which scenario carries no meaning. */
    private static final List<String> MEASUREMENTS = List.of("bench.csv", "chaos.csv");

    static Run read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        RunEnvironment environment = RunEnvironment.read(folder);
        Results.Builder results = new Results.Builder(environment.text("run"));
        List<String> problems = new ArrayList<>();
        for (String name : MEASUREMENTS) {
            Path file = folder.resolve(name);
            if (Files.exists(file)) {
                ResultsFile.read(file, results);
            } else {
                problems.add(name + " is missing");
            }
        }
        if (problems.size() == MEASUREMENTS.size()) {
            throw new NoSuchFileException(
                    folder.toString(), null, "neither " + String.join(" nor ", MEASUREMENTS) + " is there");
        }
        Path conformance = folder.resolve(ConformanceFile.NAME);
        return new Run(
                environment,
                results.build(),
                Files.exists(conformance) ? Optional.of(ConformanceFile.read(conformance)) : Optional.empty(),
                List.copyOf(problems));
    }
}

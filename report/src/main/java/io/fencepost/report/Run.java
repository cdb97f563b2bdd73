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
 * @param chaos what chaos came to; empty if the run has none, which it need not
 * @param problems which files are missing
 */
record Run(
        RunEnvironment environment,
        Results results,
        Optional<Conformance> conformance,
        Optional<Chaos> chaos,
        List<String> problems) {
    /** The files with measurements. Which of them has which scenario carries no meaning. */
    private static final List<String> MEASUREMENTS = List.of("bench.csv", "chaos.csv");

    /** What {@code fencepost scenario run} writes for people when it ends. */
    private static final String CHAOS_PAGE = "index.html";

    static Run read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        refuseChaosAlone(folder);
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
                ChaosFile.read(folder),
                List.copyOf(problems));
    }

    /** Chaos alone has nothing to set beside it, and a page of its own. */
    private static void refuseChaosAlone(Path folder) throws NoSuchFileException {
        if (!Files.exists(folder.resolve(ChaosFile.NAME)) || Files.exists(folder.resolve(MEASUREMENTS.get(0)))) {
            return;
        }
        Path page = folder.resolve(CHAOS_PAGE);
        String where = Files.exists(page)
                ? "; its page is " + page
                : ", and was broken off before its page was written; each run in it has one";
        throw new NoSuchFileException(
                folder.toString(), null, "it is of 'fencepost scenario run', without " + MEASUREMENTS.get(0) + where);
    }
}

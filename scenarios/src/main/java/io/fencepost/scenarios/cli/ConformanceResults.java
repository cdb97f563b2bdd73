package io.fencepost.scenarios.cli;

import io.fencepost.report.ComparisonReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The results of the conformance kit that become part of a run.
 *
 * @param file readable, and of the right form; empty if the run goes without
 * @param inALine where they are from, or why there are none and what makes them
 */
record ConformanceResults(Optional<Path> file, String inALine) {
    /** As it is called in the folder of a run. */
    static final String NAME = "conformance.csv";

    private static final Path MADE_BY_THE_BUILD = Path.of("tck", "matrix", "target", NAME);
    private static final String HOW = "./mvnw verify -Ptck makes it";

    /** Those that the last build of a checkout left, if it did; without good ones the run goes on and says so. */
    static ConformanceResults ofBuild(Path root) {
        Path file = root.resolve(MADE_BY_THE_BUILD);
        try {
            ComparisonReport.checkConformance(file);
            return new ConformanceResults(Optional.of(file), "conformance: results from " + file);
        } catch (NoSuchFileException e) {
            return new ConformanceResults(
                    Optional.empty(), "conformance: NOT RUN: there is no " + MADE_BY_THE_BUILD + "; " + HOW);
        } catch (IOException e) {
            return new ConformanceResults(
                    Optional.empty(),
                    "conformance: NOT RUN: " + MADE_BY_THE_BUILD + " is of no use (" + e.getMessage() + "); " + HOW
                            + " anew");
        }
    }

    /**
     * Those that were asked for.
     *
     * @throws IOException if the file is not there or not of the right form; the message names the file
     */
    static ConformanceResults named(Path file) throws IOException {
        try {
            ComparisonReport.checkConformance(file);
            return new ConformanceResults(Optional.of(file), "conformance: results from " + file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there", e);
        } catch (IOException e) {
            throw new IOException(file + " is not a " + NAME + ": " + e.getMessage(), e);
        }
    }

    void copyInto(Path folder) throws IOException {
        if (file.isPresent()) {
            Files.copy(file.get(), folder.resolve(NAME));
        }
    }
}

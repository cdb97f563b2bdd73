package io.fencepost.scenarios.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformanceResultsTest {
    private static final String GOOD = """
            rule,title,provider,result,reason,millis,kit,api,at
            1.1,title,acme,PASSED,,7,2.0,1.9,2026-01-31T12:00:00Z
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path root;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path run;

    private Path built;

    @BeforeEach
    void makeFolder() throws IOException {
        built = Files.createDirectories(root.resolve("tck/matrix/target")).resolve("conformance.csv");
    }

    @Test
    void whatTheBuildMadeIsCopied() throws IOException {
        Files.writeString(built, GOOD);

        ConformanceResults results = ConformanceResults.ofBuild(root);
        results.copyInto(run);

        assertThat(results.inALine()).isEqualTo("conformance: results from " + built);
        assertThat(run.resolve("conformance.csv")).hasContent(GOOD);
    }

    @Test
    void whereTheBuildMadeNothingItIsSaidHowTo() throws IOException {
        ConformanceResults results = ConformanceResults.ofBuild(root);
        results.copyInto(run);

        assertThat(results.inALine())
                .isEqualTo(
                        "conformance: NOT RUN: there is no tck/matrix/target/conformance.csv; ./mvnw verify -Ptck makes it");
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void whatAnEarlierBuildMadeInAnotherFormIsLeftOutAndSaid() throws IOException {
        Files.writeString(built, "rule,title,provider,result,reason,millis\n");

        ConformanceResults results = ConformanceResults.ofBuild(root);
        results.copyInto(run);

        assertThat(results.inALine())
                .startsWith(
                        "conformance: NOT RUN: tck/matrix/target/conformance.csv is of no use (conformance.csv, line 1,"
                                + " column 7 (kit)")
                .endsWith("; ./mvnw verify -Ptck makes it anew")
                .doesNotContain("\n");
        assertThat(run).isEmptyDirectory();
    }

    @Test
    void aNamedFileIsCopiedUnderItsUsualName() throws IOException {
        Path file = Files.writeString(root.resolve("mine.csv"), GOOD);

        ConformanceResults results = ConformanceResults.named(file);
        results.copyInto(run);

        assertThat(results.inALine()).isEqualTo("conformance: results from " + file);
        assertThat(run.resolve("conformance.csv")).hasContent(GOOD);
    }
}

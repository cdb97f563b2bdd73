package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The library that moves clocks, in a small C program; with a C compiler, on Linux. */
@Timeout(120)
class MovableClocksTest {

    private static final String LINUX = "Linux";

    /** Between two looks at the clock of one program, on a crowded machine. */
    private static final long TOLERANCE_MS = 400;

    private static final Optional<Path> COMPILER = Platform.onSearchPath("cc").or(() -> Platform.onSearchPath("gcc"));

    @TempDir
    private Path folder;

    @Test
    void aRunningProgramSeesItsWallClockMoveAndNoOther() throws Exception {
        MovableClocks clocks = clocks();
        ClockFile file = new ClockFile(folder.resolve("clock"));
        ProcessBuilder builder = new ProcessBuilder(teller().toString()).redirectErrorStream(true);
        builder.environment().putAll(clocks.environment(file));
        Process teller = builder.start();
        try (BufferedReader answers = teller.inputReader(Waiting.CONSOLE)) {
            assertMoved(teller, answers, Duration.ZERO);
            for (Duration offset : List.of(
                    Duration.ofMinutes(2),
                    Duration.ofMillis(-90_500),
                    Duration.ofMillis(1_999),
                    Duration.ofDays(-400),
                    Duration.ZERO)) {
                file.set(offset);
                assertThat(file.offset()).isEqualTo(offset);
                assertMoved(teller, answers, offset);
            }
            teller.outputWriter(Waiting.CONSOLE).close();
            assertThat(teller.waitFor(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            teller.destroyForcibly();
        }
    }

    @Test
    void anOffsetOutlivesItsProcess() throws Exception {
        MovableClocks clocks = clocks();
        ClockFile file = new ClockFile(folder.resolve("clock"));
        file.set(Duration.ofNanos(-3_600_000_000_001L));

        Map<String, String> environment = clocks.environment(file);

        assertThat(file.offset()).isEqualTo(Duration.ofNanos(-3_600_000_000_001L));
        Programs.Result date = Programs.run(environment, List.of("date", "+%s"));
        assertThat(Long.parseLong(date.output().trim()))
                .isCloseTo(System.currentTimeMillis() / 1_000 - 3_600, within(30L));
    }

    @Test
    void offsetsBeyondTenYearsAreRefusedWithTheirValue() {
        ClockFile file = new ClockFile(folder.resolve("clock"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> file.set(Duration.ofDays(3_651)))
                .withMessageContaining("PT87624H");
        assertThatIllegalArgumentException().isThrownBy(() -> file.set(Duration.ofDays(-3_651)));
        assertThat(file.offset()).isZero();
    }

    @Test
    void aMachineThatCannotSaysWhy() throws IOException {
        Path java = Platform.currentJava();

        assertThat(new MovableClocks("Mac OS X", COMPILER, folder).unavailableIn(java))
                .contains("this is not Linux but Mac OS X");
        assertThat(new MovableClocks(LINUX, Optional.empty(), folder).unavailableIn(java))
                .contains("no C compiler (cc, gcc) on the path");
        Path refusing = Files.writeString(folder.resolve("refusing-cc"), "#!/bin/sh\necho no headers; exit 1\n");
        assertThat(refusing.toFile().setExecutable(true)).isTrue();
        assertThat(new MovableClocks(LINUX, Optional.of(refusing), folder).unavailableIn(java))
                .hasValueSatisfying(reason -> assertThat(reason).contains("does not compile", "no headers"));
        assertThat(new MovableClocks(LINUX, COMPILER, folder.resolve("a folder")).unavailableIn(java))
                .hasValueSatisfying(reason -> assertThat(reason).contains("a folder", "spaces"));
        assertThat(folder.resolve("a folder")).doesNotExist();
    }

    @Test
    void aProgramIntoWhichNothingCanBeLoadedIsFoundOut() throws IOException {
        Path source = Files.writeString(folder.resolve("still.c"), "int main(void) { return 0; }\n");
        Path still = folder.resolve("still");
        MovableClocks clocks = clocks();
        Programs.Result compiled = Programs.run(
                Map.of(),
                List.of(COMPILER.orElseThrow().toString(), "-static", "-o", still.toString(), source.toString()));
        assumeTrue(compiled.status() == 0, "no static C library: " + compiled.output());

        assertThat(clocks.unavailableIn(still))
                .hasValueSatisfying(reason -> assertThat(reason).contains("statically linked", still.toString()));
    }

    @Test
    void theLibraryIsCompiledOnce() throws IOException {
        clocks();
        List<Path> first = Disk.children(folder, "movable-clock");

        assertThat(new MovableClocks(LINUX, Optional.empty(), folder).unavailableIn(Platform.currentJava()))
                .isEmpty();

        assertThat(first).hasSize(1);
        assertThat(Disk.children(folder, "movable-clock")).isEqualTo(first);
    }

    /** Those of this machine, with a library of this test's own. */
    private MovableClocks clocks() {
        MovableClocks clocks = new MovableClocks(System.getProperty("os.name"), COMPILER, folder);
        assumeTrue(System.getProperty("os.name").equals(LINUX) && COMPILER.isPresent(), "not Linux, or no compiler");
        assertThat(clocks.unavailableIn(Platform.currentJava())).isEmpty();
        return clocks;
    }

    private Path teller() throws IOException {
        Path source = folder.resolve("clock-teller.c");
        try (InputStream stream = MovableClocksTest.class.getResourceAsStream("clock-teller.c")) {
            Files.copy(stream, source);
        }
        Path teller = folder.resolve("clock-teller");
        Programs.Result compiled = Programs.run(
                Map.of(), List.of(COMPILER.orElseThrow().toString(), "-o", teller.toString(), source.toString()));
        assertThat(compiled.status()).as(compiled.output()).isZero();
        return teller;
    }

    private static void assertMoved(Process teller, BufferedReader answers, Duration offset) throws IOException {
        teller.outputWriter(Waiting.CONSOLE).write("?\n");
        teller.outputWriter(Waiting.CONSOLE).flush();
        long[] ahead = Arrays.stream(answers.readLine().split(" ", -1))
                .mapToLong(Long::parseLong)
                .toArray();
        assertThat(ahead).hasSize(5);
        assertThat(ahead[0]).isCloseTo(offset.toMillis(), within(TOLERANCE_MS));
        assertThat(ahead[1]).isCloseTo(offset.toMillis(), within(TOLERANCE_MS));
        assertThat(ahead[2]).isCloseTo(offset.toMillis(), within(TOLERANCE_MS));
        // whole seconds, rounded down
        assertThat(ahead[3]).isCloseTo(offset.toMillis() - 500, within(500 + TOLERANCE_MS));
        assertThat(ahead[4]).isCloseTo(0, within(TOLERANCE_MS));
    }
}

package io.fencepost.scheduler.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be known of the Dockerfile and its scripts without an engine. */
class DockerfileTest {
    private static final Path DOCKER = ComposeFile.INFRA.resolve("docker");

    private static List<String> instructions() throws IOException {
        String text = Files.readString(DOCKER.resolve("Dockerfile"), UTF_8).replaceAll("\\\\\\R\\s*", "");
        return text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    private static List<String> of(String keyword) throws IOException {
        return instructions().stream()
                .filter(line -> line.startsWith(keyword + " "))
                .map(line -> line.substring(keyword.length() + 1))
                .toList();
    }

    @Test
    void theImagesAreThoseOfTheComposeFile() throws IOException {
        Map<String, String> variables = ComposeFile.variables();
        assertThat(of("ARG"))
                .containsExactly("JDK_IMAGE=" + variables.get("JDK_IMAGE"), "JRE_IMAGE=" + variables.get("JRE_IMAGE"));
        assertThat(of("FROM"))
                .containsExactly(
                        "${JRE_IMAGE} AS base", "base AS prebuilt", "${JDK_IMAGE} AS build", "base AS scheduler");
    }

    @Test
    void theServerIsProcessOneAndNotRoot() throws IOException {
        assertThat(of("USER")).containsExactly("fencepost:fencepost");
        assertThat(of("STOPSIGNAL")).containsExactly("SIGTERM");
        assertThat(of("ENTRYPOINT"))
                .singleElement()
                .satisfies(entryPoint -> assertThat(entryPoint)
                        .startsWith("[\"java\"")
                        .endsWith("\"-jar\", \"/app/fencepost-scheduler.jar\"]"));
        assertThat(of("HEALTHCHECK"))
                .singleElement()
                .satisfies(check -> assertThat(check).endsWith("CMD [\"/app/healthcheck.sh\"]"));
    }

    @Test
    void whatIsCopiedIsThere() throws IOException {
        assertThat(of("COPY"))
                .contains("infra/docker/healthcheck.sh /app/healthcheck.sh")
                .filteredOn(copy -> copy.contains("healthcheck"))
                .allSatisfy(copy -> assertThat(DOCKER.resolve("healthcheck.sh")).isExecutable());
        assertThat(of("COPY")).filteredOn(copy -> copy.contains("-all.jar")).hasSize(1);
    }

    @Test
    void theContextHasTheJarAndNoOtherBuildResult() throws IOException {
        assertThat(Files.readAllLines(ComposeFile.INFRA.resolve(Path.of("..", ".dockerignore")), UTF_8))
                .containsSubsequence(
                        "**/target",
                        "!scenarios/scheduler/target",
                        "scenarios/scheduler/target/*",
                        "!scenarios/scheduler/target/fencepost-scheduler-*-all.jar");
    }

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.walk(DOCKER)) {
            return files.filter(Files::isRegularFile)
                    .filter(Files::isExecutable)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void theScriptsAreWellFormed(Path script) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash here");
        assertThat(Files.readAllLines(script, UTF_8).get(0)).matches("#!/bin/(ba)?sh");
        assertThat(status("-n", script.toString())).isZero();
    }

    @Test
    void theStandInsExplainThemselves() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash here");
        String script = DOCKER.resolve("stand-in-images.sh").toString();
        assertThat(status(script, "--help")).isZero();
        assertThat(status(script, "mysql")).isEqualTo(2);
        assertThat(status(script, "--base")).isEqualTo(2);
    }

    private static int status(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/bash"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}

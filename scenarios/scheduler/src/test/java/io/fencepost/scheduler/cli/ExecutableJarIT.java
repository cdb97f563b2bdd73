package io.fencepost.scheduler.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.JobStores;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The executable JAR, as somebody has it who has nothing else. */
@Timeout(90)
class ExecutableJarIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endProcesses() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly();
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static Path jar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.getFileName().toString().matches("fencepost-scheduler-.*-all\\.jar"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    private Process start(Path output, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + folder,
                "-XX:TieredStopAtLevel=1",
                "-jar",
                jar().toString()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        started.add(process);
        return process;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static String found(Path output, String pattern) {
        Pattern wanted = Pattern.compile(pattern);
        return await(pattern)
                .atMost(PATIENCE)
                .until(
                        () -> {
                            Matcher matcher = wanted.matcher(Files.readString(output));
                            return matcher.find() ? matcher.group(1) : "";
                        },
                        text -> !text.isEmpty());
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    private static String get(String address) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(address)).build()).body();
    }

    @Test
    void itTellsItsVersionAndRefusesWhatIsWrong() throws Exception {
        Path version = folder.resolve("version");
        Path wrong = folder.resolve("wrong");
        Process telling = start(version, "--version");
        Process refusing = start(wrong, "worker", "--locks", "memory:", "--store", "mysql:x");

        assertThat(exitCode(telling)).isZero();
        assertThat(version).content().containsPattern("fencepost-scheduler \\d+\\.\\d+\\.\\d+");
        assertThat(exitCode(refusing)).isEqualTo(2);
        assertThat(wrong).content().contains("'mysql'", "sqlite:<file>", "cassandra://");
    }

    @Test
    void theServicesAndLicencesOfItsPartsAreKept() throws Exception {
        try (JarFile jar = new JarFile(jar().toFile())) {
            String providers = new String(
                    jar.getInputStream(jar.getEntry("META-INF/services/io.fencepost.lock.spi.LockProvider"))
                            .readAllBytes(),
                    UTF_8);

            assertThat(providers).contains("memory", "cassandra", "redlock", "zookeeper");
            assertThat(jar.getManifest().getMainAttributes().getValue("Multi-Release"))
                    .isEqualTo("true");
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .anyMatch(name -> name.startsWith("META-INF/LICENSE"))
                    .noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
        }
    }

    @Test
    void aWorkerRunsWhatTheApiTookAndDrainsOnSigterm() throws Exception {
        String store = "sqlite:" + folder.resolve("jobs.db");
        Path api = folder.resolve("api");
        Path worker = folder.resolve("worker");
        Process serving = start(api, "api", "--store", store, "--port", "0");
        Process working = start(
                worker,
                "worker",
                "--store",
                store,
                "--locks",
                "memory:",
                "--name",
                "w",
                "--poll",
                "50ms",
                "--metrics-port",
                "0");
        String page = found(api, "API is ready: (http://\\S+/) ");
        String metrics = found(worker, "is ready: .*metrics on (http://\\S+)");

        try (JobStore jobs = JobStores.open(store)) {
            JobSpec spec = JobSpec.of(
                    new JobId("slow"),
                    new Work.HandlerCall("sleep"),
                    "1500".getBytes(UTF_8),
                    new Schedule.After(Duration.ZERO));
            jobs.submit(List.of(Job.submitted(spec, Instant.now(), Instant.now())));
            await("begun")
                    .atMost(PATIENCE)
                    .until(() -> jobs.find(spec.id())
                            .filter(job -> job.state() == JobState.RUNNING)
                            .isPresent());

            assertThat(get(page)).contains("<html");
            assertThat(get(page + "api/v1/jobs/slow")).contains("\"slow\"");
            assertThat(get(metrics)).contains("fencepost_");
            working.destroy();

            assertThat(exitCode(working)).isZero();
            assertThat(worker).content().contains("drains", "ended slow succeeded", "stopped");
            assertThat(jobs.find(spec.id()).map(Job::state)).contains(JobState.SUCCEEDED);
            assertThat(jobs.workers(Instant.now())).isEmpty();
        }
        serving.destroy();
        assertThat(exitCode(serving)).isZero();
    }

    @Test
    void tryingNeedsNothingAndLeavesNothing() throws Exception {
        Path output = folder.resolve("try");
        Process trying = start(output, "try", "--port", "0", "--slots", "1");
        String page = found(output, "ready: (http://\\S+/) ");

        HttpResponse<String> submitted = send(HttpRequest.newBuilder(URI.create(page + "api/v1/jobs"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"id\":\"first\",\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}}", UTF_8))
                .build());

        assertThat(submitted.statusCode()).as(submitted.body()).isEqualTo(201);
        found(output, "(ended first succeeded)");
        trying.destroy();
        assertThat(exitCode(trying)).isZero();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("fencepost-try"));
        }
    }
}

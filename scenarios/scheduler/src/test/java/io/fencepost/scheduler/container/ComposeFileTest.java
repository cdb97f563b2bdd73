package io.fencepost.scheduler.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fencepost.scheduler.cli.SchedulerMain;
import io.fencepost.scheduler.container.ComposeFile.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be known of the compose file without an engine. */
class ComposeFileTest {
    private static final Set<String> OURS = Set.of("api", "worker-1", "worker-2");
    private static final Pattern PINNED = Pattern.compile("[a-z/-]+:v?\\d+\\.\\d+\\.\\d+[A-Za-z0-9_.-]*");
    private static final Pattern SERVER = Pattern.compile("([a-z]+-\\d):(\\d+)");

    private final ComposeFile file;

    ComposeFileTest() throws IOException {
        file = ComposeFile.read();
    }

    @Test
    void allServersAreThere() {
        assertThat(file.services().keySet())
                .containsExactlyInAnyOrderElementsOf(Stream.of(
                                named("cassandra", 3),
                                named("redis", 5),
                                named("zookeeper", 3),
                                named("worker", 2),
                                Stream.of("api", "prometheus", "grafana"))
                        .flatMap(names -> names)
                        .toList());
    }

    private static Stream<String> named(String prefix, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(number -> prefix + "-" + number);
    }

    @Test
    void everyServiceIsPinnedLimitedAndWatched() {
        assertThat(file.services().values()).allSatisfy(service -> {
            assertThat(service.text("image")).matches(PINNED);
            assertThat(service.text("mem_limit")).matches("\\d+m");
            assertThat(service.has("cpus")).isTrue();
            assertThat(service.text("restart")).isEqualTo("unless-stopped");
            // the image of ours brings its own
            assertThat(service.has("healthcheck")).isEqualTo(!OURS.contains(service.name()));
        });
    }

    @Test
    void nothingIsPublishedBeyondLoopback() {
        List<String> ports = file.services().values().stream()
                .flatMap(service -> service.list("ports").stream())
                .toList();
        assertThat(ports).isNotEmpty().allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void whatIsMountedExists() {
        Set<String> used = new TreeSet<>();
        for (Service service : file.services().values()) {
            for (String volume : service.list("volumes")) {
                String source = volume.substring(0, volume.indexOf(':'));
                if (source.startsWith(".")) {
                    assertThat(ComposeFile.INFRA.resolve(source)).as(volume).exists();
                    assertThat(volume).endsWith(":ro");
                } else {
                    used.add(source);
                }
            }
        }
        assertThat(file.volumes()).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void whoDependsOnAServerWaitsUntilItIsWell() {
        for (Service service : file.services().values()) {
            service.map("depends_on").forEach((name, how) -> {
                assertThat(String.valueOf(how))
                        .as(service.name() + " on " + name)
                        .contains("condition=service_healthy");
                if (!file.service(name).list("profiles").equals(service.list("profiles"))) {
                    assertThat(String.valueOf(how))
                            .as(service.name() + " on " + name + ", which is not always started")
                            .contains("required=false");
                }
            });
        }
        assertThat(file.service("worker-1").map("depends_on"))
                .containsKeys("cassandra-3", "redis-1", "redis-5", "zookeeper-1", "zookeeper-3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"redlock", "zookeeper", "cassandra"})
    void oneWordDecidesWhereTheLocksAre(String provider) throws IOException {
        ComposeFile chosen = ComposeFile.read(Map.of("COMPOSE_PROFILES", provider));
        String path = chosen.service("worker-1").text("env_file");
        String locks = ComposeFile.properties(ComposeFile.INFRA.resolve(path)).getOrDefault("FENCEPOST_LOCKS", "");

        assertThat(locks).startsWith(provider + "://");
        Set<String> servers =
                SERVER.matcher(locks).results().map(match -> match.group(1)).collect(Collectors.toSet());
        Set<String> started = chosen.services().values().stream()
                .filter(service -> service.list("profiles").contains(provider)
                        || (provider.equals("cassandra") && service.name().startsWith("cassandra")))
                .map(Service::name)
                .collect(Collectors.toSet());
        assertThat(servers).isNotEmpty().isEqualTo(started);
    }

    @Test
    void theStoreOfEverybodyIsTheSame() {
        Set<String> stores = OURS.stream()
                .map(name ->
                        String.valueOf(file.service(name).map("environment").get("FENCEPOST_STORE")))
                .collect(Collectors.toSet());
        assertThat(stores).hasSize(1).allSatisfy(store -> assertThat(store).startsWith("cassandra://"));
        assertThat(SERVER.matcher(String.join("", stores)).results().map(match -> match.group(1)))
                .containsExactly("cassandra-1", "cassandra-2", "cassandra-3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"api", "worker-1", "worker-2"})
    void theCommandLineKnowsTheCommands(String name) {
        List<String> arguments = new ArrayList<>(file.service(name).list("command"));
        arguments.addAll(List.of("--store", "sqlite:jobs.db"));
        if (name.startsWith("worker")) {
            arguments.addAll(List.of("--locks", "memory:"));
        }
        assertThatCode(() -> SchedulerMain.commandLine().parseArgs(arguments.toArray(String[]::new)))
                .doesNotThrowAnyException();
    }

    @Test
    void theHealthIsAskedForWhereItIsAnswered() {
        assertThat(file.service("api").map("environment")).containsEntry("FENCEPOST_HEALTH_PORT", 8080);
        assertThat(file.service("api").list("command")).containsSequence("--port", "8080");
        for (String worker : List.of("worker-1", "worker-2")) {
            assertThat(file.service(worker).map("environment")).containsEntry("FENCEPOST_HEALTH_PORT", 9464);
            assertThat(file.service(worker).list("command")).containsSequence("--metrics-port", "9464");
        }
    }

    @Test
    void aWorkerIsGivenTheTimeToDrain() {
        Service worker = file.service("worker-1");
        List<String> command = worker.list("command");
        String drain = command.get(command.indexOf("--drain") + 1);
        assertThat(seconds(worker.text("stop_grace_period"))).isGreaterThan(seconds(drain));
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text);
    }

    @Test
    void prometheusScrapesThePortsThatAreThere() throws IOException {
        String configuration = Files.readString(ComposeFile.INFRA.resolve(Path.of("observability", "prometheus.yml")));
        List<String> targets = Pattern.compile("'([a-z0-9-]+:\\d+)'")
                .matcher(configuration)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
        assertThat(targets).containsExactlyInAnyOrder("api:8080", "worker-1:9464", "worker-2:9464");
        // without a token, an API refuses requests for names that it was not told
        assertThat(file.service("api").list("command")).containsSequence("--host-name", "api");
    }
}

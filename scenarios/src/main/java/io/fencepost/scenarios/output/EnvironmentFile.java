package io.fencepost.scenarios.output;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.lock.spi.Capabilities;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code environment.json}: what was measured, on what, and how to do it again. Written anew with every addition. Not thread-safe. */
public final class EnvironmentFile {
    private static final Duration GIT_LIMIT = Duration.ofSeconds(5);

    private final JsonMapper mapper = JsonMapper.builder().build();
    private final Path file;
    private final ObjectNode root = mapper.createObjectNode();
    private final ObjectNode versions;
    private final ObjectNode providers;
    private final ObjectNode floors;

    /**
     * Collects what is known before anything is measured.
     *
     * @param run its name
     * @param command that does it again
     * @param libraries versions of what it is made with
     * @param checkout the source tree, for its commit
     */
    public EnvironmentFile(
            Path file,
            String run,
            Instant started,
            long seed,
            String profile,
            String command,
            Map<String, String> libraries,
            Path checkout) {
        this.file = file;
        root.put("run", run);
        root.put("started", started.truncatedTo(ChronoUnit.SECONDS).toString());
        root.put("seed", seed);
        root.put("profile", profile);
        root.put("command", command);
        putCommit(checkout);
        versions = root.putObject("versions");
        versions.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"));
        libraries.forEach(versions::put);
        ObjectNode machine = root.putObject("machine");
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        machine.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            machine.put("memory_mib", os.getTotalMemorySize() >> 20);
        }
        providers = root.putObject("providers");
        floors = root.putObject("floors");
    }

    private void putCommit(Path checkout) {
        try {
            Process git = new ProcessBuilder("git", "rev-parse", "HEAD")
                    .directory(checkout.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (git.waitFor(GIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS) && git.exitValue() == 0) {
                root.put("commit", new String(git.getInputStream().readAllBytes(), US_ASCII).trim());
            } else {
                git.destroyForcibly();
            }
        } catch (IOException e) {
            // a source archive, or a machine without git: the versions tell what was measured
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the clocks of workers were proved to be. */
    public void putClock(String text) {
        root.put("clock", text);
    }

    /**
     * Adds a provider.
     *
     * @param provider its scheme
     * @param capabilities what it promises
     * @param uri that opened it
     * @param server version of its servers
     * @param cluster in words
     */
    public void putProvider(String provider, Capabilities capabilities, String uri, String server, String cluster) {
        versions.put(provider + " server", server);
        ObjectNode node = providers.putObject(provider);
        node.put("guarantee", capabilities.guarantee());
        node.put("fencing", capabilities.fencing().toString());
        node.put("expiry", capabilities.expiry().toString());
        node.put("durability", capabilities.durability().toString());
        node.put("clockTrust", capabilities.clockTrust().toString());
        node.put("grace", capabilities.grace().toString());
        ObjectNode config = node.putObject("config");
        config.put("uri", uri);
        config.put("cluster", cluster);
    }

    /** Adds the raw call that a provider is measured against, in words. */
    public void putFloor(String provider, String rawCall) {
        floors.put(provider, rawCall);
    }

    /**
     * Adds a backend on which several contestants were measured.
     *
     * @param backend its id
     * @param cluster its servers, their version, and how they were set up
     */
    public void putServers(String backend, String cluster) {
        versions.put(backend + " servers", cluster);
    }

    /**
     * Adds who was measured beside the providers, for its guarantee to stand beside its speed.
     *
     * @param id its name in results
     * @param backend that it ran on
     * @param role why it was measured
     * @param version of the library
     * @param guarantee what it guarantees and what it leaves out
     */
    public void putContestant(String id, String backend, String role, String version, String guarantee) {
        ObjectNode node = root.withObjectProperty("contestants").putObject(id);
        node.put("backend", backend);
        node.put("role", role);
        node.put("version", version);
        node.put("guarantee", guarantee);
    }

    /** Adds what was to be measured: {@code backends}, and the benchmarks that {@code pattern} finds. */
    public void putAsked(Collection<String> backends, String pattern) {
        ObjectNode node = root.putObject("asked");
        ArrayNode array = node.putArray("backends");
        backends.forEach(array::add);
        node.put("benchmarks", pattern);
    }

    /** Writes what is known by now. */
    public void write() throws IOException {
        Files.writeString(file, root.toPrettyString() + "\n");
    }
}

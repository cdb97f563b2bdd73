package io.fencepost.scheduler.container;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * infra/docker-compose.yml as Compose sees it, with the variables of infra/.env in their places and merged keys resolved.
 *
 * @param services by name
 * @param volumes the names of all volumes that are declared
 */
record ComposeFile(Map<String, Service> services, List<String> volumes) {
    static final Path INFRA = Path.of("..", "..", "infra");

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)}");

    /**
     * @param name of the service
     * @param keys what the file says of it
     */
    record Service(String name, Map<String, Object> keys) {
        boolean has(String key) {
            return keys.containsKey(key);
        }

        String text(String key) {
            return Optional.ofNullable(keys.get(key))
                    .map(Object::toString)
                    .orElseThrow(() -> new IllegalStateException(name + " has no " + key));
        }

        List<String> list(String key) {
            return keys.get(key) instanceof List<?> list
                    ? list.stream().map(String::valueOf).toList()
                    : List.of();
        }

        Map<String, Object> map(String key) {
            return keys.get(key) instanceof Map<?, ?> map ? ofStrings(map) : Map.of();
        }
    }

    static ComposeFile read() throws IOException {
        return read(Map.of());
    }

    /** @param environment variables that differ from those of the file */
    static ComposeFile read(Map<String, String> environment) throws IOException {
        Map<String, String> variables = new HashMap<>(variables());
        variables.putAll(environment);
        String text = VARIABLE.matcher(Files.readString(INFRA.resolve("docker-compose.yml"), UTF_8))
                .replaceAll(match -> Matcher.quoteReplacement(Optional.ofNullable(variables.get(match.group(1)))
                        .orElseThrow(() -> new IllegalStateException(match.group() + " is not in infra/.env"))));
        Map<String, Object> file = ofStrings(new Yaml(new SafeConstructor(new LoaderOptions())).<Map<?, ?>>load(text));
        Map<String, Service> services = new TreeMap<>();
        ofStrings((Map<?, ?>) file.getOrDefault("services", Map.of()))
                .forEach((name, keys) -> services.put(name, new Service(name, ofStrings((Map<?, ?>) keys))));
        return new ComposeFile(
                services,
                new ArrayList<>(ofStrings((Map<?, ?>) file.getOrDefault("volumes", Map.of()))
                        .keySet()));
    }

    /** Those of infra/.env. */
    static Map<String, String> variables() throws IOException {
        return properties(INFRA.resolve(".env"));
    }

    /** A file of lines such as {@code NAME=value}. */
    static Map<String, String> properties(Path file) throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (String line : Files.readAllLines(file, UTF_8)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int equals = line.indexOf('=');
                found.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        return found;
    }

    Service service(String name) {
        return Optional.ofNullable(services.get(name))
                .orElseThrow(() -> new IllegalStateException("no service " + name + " in " + services.keySet()));
    }

    private static Map<String, Object> ofStrings(Map<?, ?> map) {
        Map<String, Object> strings = new TreeMap<>();
        map.forEach((key, value) -> strings.put(String.valueOf(key), value == null ? "" : value));
        return strings;
    }
}

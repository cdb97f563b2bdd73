package io.fencepost.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where and how a run was made, from {@code environment.json}. Keys are compared without regard to case, '_', '-' and blanks. */
final class RunEnvironment {
    static final String FILE = "environment.json";
    private static final List<String> DEMANDED =
            List.of("run", "started", "seed", "profile", "versions", "providers", "floors");
    private static final Set<String> SHOWN_ELSEWHERE = Set.of("providers", "floors");

    private final JsonNode root;

    private RunEnvironment(JsonNode root) {
        this.root = root;
    }

    /** Reads the file; an absent one gives an empty environment, whose {@link #problems} say so. */
    static RunEnvironment read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return new RunEnvironment(MissingNode.getInstance());
        }
        return new RunEnvironment(JsonFile.read(file, FILE));
    }

    List<String> problems() {
        if (root.isMissingNode()) {
            return List.of(FILE + " is missing");
        }
        List<String> problems = new ArrayList<>();
        for (String key : DEMANDED) {
            JsonNode node = child(root, key);
            if (node.isMissingNode() || node.isNull() || (node.isContainerNode() && node.isEmpty())) {
                problems.add(FILE + ": " + key + " is missing");
            }
        }
        return problems;
    }

    /** A value at the top level. */
    Optional<String> text(String key) {
        return textOf(child(root, key));
    }

    /** In the order of the file. */
    List<String> providers() {
        List<String> names = new ArrayList<>();
        child(root, "providers").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What the provider says of itself: {@code guarantee}, {@code fencing}, {@code expiry}, {@code grace}. */
    Optional<String> promise(String provider, String key) {
        return textOf(child(child(child(root, "providers"), provider), key));
    }

    Map<String, String> config(String provider) {
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", child(child(child(root, "providers"), provider), "config"), flat);
        return flat;
    }

    /** The raw driver call beside which the provider was measured, in words. */
    Optional<String> floor(String provider) {
        JsonNode node = child(child(root, "floors"), provider);
        return textOf(node.isObject() ? child(node, "raw_call") : node);
    }

    /** Everything that is not told beside the providers, nested keys joined by dots, in the order of the file. */
    Map<String, String> details() {
        Map<String, String> flat = new LinkedHashMap<>();
        root.properties().forEach(field -> {
            if (!SHOWN_ELSEWHERE.contains(plain(field.getKey()))) {
                flatten(field.getKey(), field.getValue(), flat);
            }
        });
        return flat;
    }

    /** The whole file, nested keys joined by dots, in its order. */
    Map<String, String> everything() {
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", root, flat);
        return flat;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> flatten(
                            path.isEmpty() ? field.getKey() : path + "." + field.getKey(), field.getValue(), into));
        } else if (node.isArray()) {
            List<String> parts = new ArrayList<>();
            node.forEach(part -> parts.add(part.isContainerNode() ? part.toString() : part.asText()));
            into.put(path, String.join(", ", parts));
        } else if (!node.isMissingNode() && !node.isNull()) {
            into.put(path.isEmpty() ? "value" : path, node.asText());
        }
    }

    private static Optional<String> textOf(JsonNode node) {
        return node.isValueNode() && !node.isNull() && !node.asText().isBlank()
                ? Optional.of(node.asText())
                : Optional.empty();
    }

    private static JsonNode child(JsonNode parent, String key) {
        for (Map.Entry<String, JsonNode> field : parent.properties()) {
            if (plain(field.getKey()).equals(plain(key))) {
                return field.getValue();
            }
        }
        return MissingNode.getInstance();
    }

    private static String plain(String key) {
        return key.replaceAll("[ _-]", "").toLowerCase(Locale.ROOT);
    }
}

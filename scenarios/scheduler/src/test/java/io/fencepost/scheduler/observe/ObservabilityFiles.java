package io.fencepost.scheduler.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The files of {@code infra/observability}, as they are in the checkout. */
final class ObservabilityFiles {
    private ObservabilityFiles() {}

    /** One query, and where it stands. */
    record Expression(String where, String promQl) {}

    static Path folder() {
        Path inCheckout = Path.of("infra", "observability");
        Optional<String> root = Optional.ofNullable(System.getProperty("fencepost.root"));
        if (root.isPresent()) {
            return Path.of(root.get()).resolve(inCheckout);
        }
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            if (Files.isDirectory(up.resolve(inCheckout))) {
                return up.resolve(inCheckout);
            }
        }
        throw new IllegalStateException("no folder upwards has " + inCheckout);
    }

    static String text(String file) {
        try {
            return Files.readString(folder().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode dashboard() {
        return json(text("grafana/dashboards/fencepost.json"), new ObjectMapper());
    }

    static JsonNode yaml(String file) {
        return json(text(file), new YAMLMapper());
    }

    private static JsonNode json(String text, ObjectMapper mapper) {
        try {
            return mapper.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All panels, those inside of rows too. */
    static List<JsonNode> panels(JsonNode dashboard) {
        List<JsonNode> panels = new ArrayList<>();
        for (JsonNode panel : dashboard.path("panels")) {
            panels.add(panel);
            panel.path("panels").forEach(panels::add);
        }
        return panels;
    }

    static List<Expression> dashboardExpressions() {
        List<Expression> all = new ArrayList<>();
        for (JsonNode panel : panels(dashboard())) {
            for (JsonNode target : panel.path("targets")) {
                String where = panel.path("title").asText() + " "
                        + target.path("refId").asText();
                all.add(new Expression(where, target.path("expr").asText()));
            }
        }
        return all;
    }

    static List<JsonNode> alerts() {
        List<JsonNode> all = new ArrayList<>();
        yaml("alerts.yml").path("groups").forEach(group -> group.path("rules").forEach(all::add));
        return all;
    }

    static List<Expression> alertExpressions() {
        return alerts().stream()
                .map(rule -> new Expression(
                        rule.path("alert").asText(), rule.path("expr").asText()))
                .toList();
    }
}

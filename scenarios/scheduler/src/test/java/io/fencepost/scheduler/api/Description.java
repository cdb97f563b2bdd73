package io.fencepost.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** {@code openapi.yaml}, and whether an answer is as it says. */
final class Description {
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);

    final JsonNode root;

    Description() {
        try (InputStream in = ApiServer.class.getResourceAsStream("openapi.yaml")) {
            root = new YAMLMapper().readTree(Objects.requireNonNull(in, "openapi.yaml"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Method and path of all that is described. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        root.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!operation.getKey().equals("parameters")) {
                        operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    /** The description of what this path answers to this method, if it is a path of ours. */
    Optional<JsonNode> operation(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (String operation : operations()) {
            int space = operation.indexOf(' ');
            String template = operation.substring(space + 1);
            if (operation.substring(0, space).equals(wanted)
                    && path.matches(template.replaceAll("\\{[a-z]+}", "[^/]+"))) {
                return Optional.of(root.path("paths").path(template).path(wanted.toLowerCase(Locale.ROOT)));
            }
        }
        return Optional.empty();
    }

    /** Fails unless the status is described for the operation, and the body is of its schema. */
    void check(String method, String path, int status, String type, String body) throws IOException {
        Optional<JsonNode> operation = operation(method, path);
        if (operation.isEmpty()) {
            return;
        }
        JsonNode response = resolved(operation.get().path("responses").path(String.valueOf(status)));
        assertThat(response.isMissingNode())
                .as("%s %s answers %d, which is not described", method, path, status)
                .isFalse();
        if (type.contains("json") && !body.isEmpty()) {
            JsonNode schema = response.path("content").path(type).path("schema");
            assertThat(schema.isMissingNode())
                    .as("%s %s answers %d as %s, which is not described", method, path, status, type)
                    .isFalse();
            assertThat(violations(schema, Views.JSON.readTree(body)))
                    .as("%s %s: %s", method, path, body)
                    .isEmpty();
        }
    }

    /** What a value does not keep of a schema of this document. */
    List<String> violations(JsonNode schema, JsonNode value) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", root.path("components"));
        List<String> violations = new ArrayList<>();
        SCHEMAS.getSchema(whole).validate(value).forEach(message -> violations.add(message.getMessage()));
        return violations;
    }

    JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? root.at(node.path("$ref").asText().substring(1)) : node;
    }
}

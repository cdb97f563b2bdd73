package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.jdbc.JdbcJobStore;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description tells of the server, the whole server and nothing but the server. */
class OpenApiTest {
    private final Description description = new Description();

    @TempDir
    Path folder;

    @Test
    void everyRouteIsDescribedAndEverythingDescribedIsARoute() {
        try (JobStore store = JdbcJobStore.open(folder.resolve("jobs.db"));
                EventFeed feed = new EventFeed(store, ApiOptions.DEFAULT, Clock.systemUTC())) {
            List<Route> routes = new Routes(store, feed, () -> "", Clock.systemUTC()).all();

            assertThat(description.operations())
                    .isEqualTo(routes.stream()
                            .map(route -> route.method() + " " + route.template())
                            .collect(Collectors.toCollection(TreeSet::new)));
            for (Route route : routes) {
                boolean open = description
                        .operation(route.method(), route.template().replaceAll("[{}]", ""))
                        .orElseThrow()
                        .has("security");
                assertThat(route.open()).as(route.template()).isEqualTo(open);
            }
        }
    }

    @Test
    void everyExampleIsOfItsSchema() {
        List<String> checked = new ArrayList<>();
        description
                .root
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().findParents("schema").stream()
                        .filter(media -> media.has("examples"))
                        .forEach(media -> media.get("examples").properties().forEach(example -> {
                            JsonNode value =
                                    description.resolved(example.getValue()).get("value");
                            assertThat(description.violations(media.get("schema"), value))
                                    .as("%s: %s", path.getKey(), example.getKey())
                                    .isEmpty();
                            checked.add(example.getKey());
                        })));
        description.root.at("/components/responses").properties().forEach(response -> {
            JsonNode media = response.getValue().path("content").path("application/problem+json");
            media.path("examples").properties().forEach(example -> {
                assertThat(description.violations(
                                media.get("schema"), example.getValue().get("value")))
                        .as(response.getKey())
                        .isEmpty();
                checked.add(example.getKey());
            });
        });
        assertThat(checked).hasSizeGreaterThan(14).contains("http", "cron", "many", "fields");
    }

    @Test
    void theServerAcceptsEveryExampleOfABody() {
        List<String> accepted = new ArrayList<>();
        try (JobStore store = JdbcJobStore.open(folder.resolve("jobs.db"));
                Api api = new Api(Api.OPTIONS, store)) {
            for (String operation : description.operations()) {
                String method = operation.substring(0, operation.indexOf(' '));
                String template = operation.substring(operation.indexOf(' ') + 1);
                String path = template.replace("{id}", "invoice-2026-0042").replace("{tenant}", "billing");
                JsonNode body = description.root.at("/paths/" + template.replace("/", "~1") + "/"
                        + method.toLowerCase(Locale.ROOT) + "/requestBody/content/application~1json/examples");
                for (Map.Entry<String, JsonNode> example : body.properties()) {
                    if (template.endsWith("/cancel")) {
                        api.post(
                                "/api/v1/jobs",
                                "{\"id\":\"invoice-2026-0042\",\"work\":{\"kind\":\"handler\",\"handler\":\"noop\"}}");
                    }
                    Api.Answer answer = api.send(
                            method,
                            path,
                            BodyPublishers.ofString(
                                    example.getValue().get("value").toString()),
                            "Content-Type",
                            "application/json");
                    assertThat(answer.status())
                            .as("%s: %s", operation, answer.body())
                            .isBetween(200, 201);
                    accepted.add(example.getKey());
                }
            }
        }
        assertThat(accepted).contains("handler", "http", "command", "cron", "many", "reason", "three");
    }

    @Test
    void whatIsRefusedOfAJobIsRefusedByTheSchemaToo() {
        JsonNode schema = description.root.at("/components/schemas/NewJob");

        assertThat(description.violations(schema, JobReader.parse("{\"work\":{\"kind\":\"magic\"}}".getBytes(UTF_8))))
                .isNotEmpty();
        assertThat(description.violations(schema, JobReader.parse("{\"extra\":1}".getBytes(UTF_8))))
                .isNotEmpty();
    }
}

package io.fencepost.scheduler.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.Micros;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that the API answers. Each is described in {@code openapi.yaml}. */
final class Routes {
    static final String BASE = "/api/v1";
    static final int MAX_PAGE = 1000;
    static final int DEFAULT_PAGE = 100;
    static final int MAX_WEIGHT = 1000;
    static final int MAX_REASON = 500;

    /** As Prometheus wants it. */
    static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String TENANT = "[A-Za-z0-9._-]{1,64}";

    private final JobStore store;
    private final EventFeed feed;
    private final Supplier<String> metrics;
    private final Clock clock;
    private final Readiness readiness;
    private final Assets assets = new Assets();

    Routes(JobStore store, EventFeed feed, Supplier<String> metrics, Clock clock) {
        this.store = store;
        this.feed = feed;
        this.metrics = metrics;
        this.clock = clock;
        this.readiness = new Readiness(store, System::nanoTime);
    }

    List<Route> all() {
        return List.of(
                Route.data("POST", BASE + "/jobs", this::submit),
                Route.data("GET", BASE + "/jobs", this::list),
                Route.data("GET", BASE + "/jobs/{id}", this::job),
                Route.data("GET", BASE + "/jobs/{id}/history", this::history),
                Route.data("POST", BASE + "/jobs/{id}/cancel", this::cancel),
                Route.data("POST", BASE + "/jobs/{id}/retry", this::retry),
                Route.data("GET", BASE + "/workers", this::workers),
                Route.data("GET", BASE + "/tenants", this::tenants),
                Route.data("PUT", BASE + "/tenants/{tenant}/weight", this::weigh),
                Route.data("GET", BASE + "/counts", this::counts),
                Route.data("GET", BASE + "/events", this::events),
                Route.data("GET", "/metrics", this::metrics),
                Route.open("/health", this::health),
                Route.open("/ready", this::ready),
                Route.open("/openapi.yaml", call -> assets.get("openapi.yaml", call)),
                Route.open("/docs", call -> assets.get("docs.html", call)),
                Route.open("/", call -> assets.get("index.html", call)),
                Route.open("/assets/{file}", call -> assets.get(call.path("file"), call)));
    }

    private Instant now() {
        return Micros.kept(clock.instant());
    }

    private Reply submit(Call call) throws IOException {
        call.query();
        var body = call.json();
        List<Job> jobs = JobReader.jobs(body, now());
        List<JobId> known;
        try {
            known = store.submit(jobs);
        } catch (StoreException e) {
            throw Problem.unavailable(
                            "whether the jobs were accepted is not known; to send the same again with these ids"
                                    + " is safe: " + e.getMessage())
                    .listing("ids", jobs.stream().map(job -> job.id().value()).toList());
        }
        if (body.isArray()) {
            Set<JobId> before = new HashSet<>(known);
            ObjectNode json = Views.JSON.createObjectNode();
            ArrayNode list = json.putArray("jobs");
            jobs.forEach(
                    job -> list.addObject().put("id", job.id().value()).put("created", !before.contains(job.id())));
            return Reply.json(before.size() < jobs.size() ? 201 : 200, json);
        }
        Job job = jobs.get(0);
        String place = BASE + "/jobs/" + job.id();
        if (known.isEmpty()) {
            return Reply.of(201, Reply.JSON, Views.bytes(Views.jobWithPayload(job)), Map.of("Location", place));
        }
        return Reply.json(Views.jobWithPayload(store.find(job.id()).orElse(job)));
    }

    private Reply list(Call call) {
        Map<String, String> query = call.query("tenant", "state", "limit", "cursor");
        Optional<String> tenant = Optional.ofNullable(query.get("tenant"));
        if (tenant.isPresent() && !tenant.get().matches(TENANT)) {
            throw Problem.parameter("tenant", tenant.get(), "1 to 64 letters, digits, '.', '_' and '-'");
        }
        Optional<JobState> state = Optional.ofNullable(query.get("state")).map(Routes::state);
        int limit = limit(query.getOrDefault("limit", String.valueOf(DEFAULT_PAGE)));
        Optional<JobId> cursor = Optional.ofNullable(query.get("cursor")).map(Routes::cursor);
        List<Job> jobs = store.list(new JobStore.Filter(tenant, state), cursor, limit);
        ObjectNode json = Views.JSON.createObjectNode();
        ArrayNode list = json.putArray("jobs");
        jobs.forEach(job -> list.add(Views.job(job)));
        if (jobs.size() == limit) {
            json.put("next", jobs.get(jobs.size() - 1).id().value());
        }
        return Reply.json(json);
    }

    private static JobState state(String value) {
        return Stream.of(JobState.values())
                .filter(state -> Fields.nameOf(state).equals(value))
                .findFirst()
                .orElseThrow(() -> Problem.parameter(
                        "state",
                        value,
                        "one of "
                                + Stream.of(JobState.values())
                                        .map(Fields::nameOf)
                                        .collect(Collectors.joining(", "))));
    }

    private static int limit(String value) {
        if (value.matches("\\d{1,4}") && Integer.parseInt(value) >= 1 && Integer.parseInt(value) <= MAX_PAGE) {
            return Integer.parseInt(value);
        }
        throw Problem.parameter("limit", value, "a whole number, 1 to " + MAX_PAGE);
    }

    private static JobId cursor(String value) {
        try {
            return new JobId(value);
        } catch (IllegalArgumentException e) {
            throw Problem.parameter("cursor", value, "what 'next' of the page before was");
        }
    }

    private Reply job(Call call) {
        call.query();
        JobId id = call.jobId();
        return Reply.json(Views.jobWithPayload(store.find(id).orElseThrow(() -> Problem.noSuchJob(id.value()))));
    }

    private Reply history(Call call) {
        call.query();
        JobId id = call.jobId();
        List<JobEvent> events = store.history(id);
        if (events.isEmpty()) {
            throw Problem.noSuchJob(id.value());
        }
        ObjectNode json = Views.JSON.createObjectNode();
        ArrayNode list = json.putArray("events");
        events.forEach(event -> list.add(Views.event(event)));
        return Reply.json(json);
    }

    private Reply cancel(Call call) throws IOException {
        call.query();
        JobId id = call.jobId();
        Fields body = call.optionalObject();
        body.only("reason");
        Optional<String> reason =
                body.text("reason", v -> v.length() <= MAX_REASON, "a text of at most " + MAX_REASON + " characters");
        refuseIfWrong(body);
        return changed(
                store.cancel(id, reason.orElse("cancelled through the API"), now()),
                id,
                "only a job that is scheduled or running can be cancelled");
    }

    private Reply retry(Call call) throws IOException {
        call.query();
        JobId id = call.jobId();
        Fields body = call.optionalObject();
        body.only();
        refuseIfWrong(body);
        return changed(store.retry(id, now()), id, "only a job that is dead or cancelled can be retried");
    }

    private static Reply changed(Change change, JobId id, String allowed) {
        if (change instanceof Change.Accepted accepted) {
            return Reply.json(Views.job(accepted.job()));
        }
        if (change instanceof Change.NotPossible not) {
            throw new Problem(
                    409,
                    "Not possible",
                    "job '" + id + "' is " + Fields.nameOf(not.job().state()) + "; " + allowed);
        }
        if (change instanceof Change.Stale) {
            throw new Problem(409, "Not possible", "a worker changed job '" + id + "' at the same time; try again");
        }
        throw Problem.noSuchJob(id.value());
    }

    private static void refuseIfWrong(Fields body) {
        if (!body.errors().isEmpty()) {
            Problem.FieldError first = body.errors().get(0);
            throw new Problem(
                    422,
                    "Invalid body",
                    first.field() + " is '" + first.value() + "'; allowed: " + first.allowed(),
                    body.errors());
        }
    }

    private Reply workers(Call call) {
        call.query();
        ObjectNode json = Views.JSON.createObjectNode();
        ArrayNode list = json.putArray("workers");
        store.workers(now()).forEach(report -> list.add(Views.worker(report)));
        return Reply.json(json);
    }

    private Reply tenants(Call call) {
        call.query();
        ObjectNode json = Views.JSON.createObjectNode();
        ArrayNode list = json.putArray("tenants");
        store.weights().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> list.add(Views.tenant(entry.getKey(), entry.getValue())));
        return Reply.json(json);
    }

    private Reply weigh(Call call) throws IOException {
        call.query();
        String tenant = call.path("tenant");
        if (!tenant.matches(TENANT)) {
            throw Problem.parameter("tenant", tenant, "1 to 64 letters, digits, '.', '_' and '-'");
        }
        Fields body = call.object();
        body.only("weight");
        if (!body.has("weight")) {
            body.wrong("weight", "required: a whole number, 1 to " + MAX_WEIGHT);
        }
        int weight = body.number("weight", 1, MAX_WEIGHT).orElse(1);
        refuseIfWrong(body);
        store.weigh(tenant, weight);
        return Reply.json(Views.tenant(tenant, weight));
    }

    private Reply counts(Call call) {
        call.query();
        return Reply.json(Views.counts(store.counts()));
    }

    private Reply events(Call call) {
        call.query();
        return new Reply.Events(feed.listen(call.header("Last-Event-ID")));
    }

    private Reply metrics(Call call) {
        call.query();
        return Reply.of(200, METRICS_TYPE, metrics.get().getBytes(UTF_8), Map.of());
    }

    private Reply health(Call call) {
        return Reply.json(Views.JSON.createObjectNode().put("status", "up"));
    }

    private Reply ready(Call call) {
        return readiness.reply();
    }
}

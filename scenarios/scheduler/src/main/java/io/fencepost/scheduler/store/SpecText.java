package io.fencepost.scheduler.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How stores keep what nobody searches for in a specification: as JSON, in one column. Id, tenant, priority and payload have columns of their own. */
public final class SpecText {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SpecText() {}

    /** Work, schedule, retries, deadline and misfire policy. */
    public static String of(JobSpec spec) {
        ObjectNode text = JSON.createObjectNode();
        write(spec.work(), text.putObject("work"));
        write(spec.schedule(), text.putObject("schedule"));
        text.putObject("retries")
                .put("attempts", spec.retries().attempts())
                .put("firstDelay", spec.retries().firstDelay().toString())
                .put("maxDelay", spec.retries().maxDelay().toString());
        spec.deadline().ifPresent(deadline -> text.put("deadline", deadline.toString()));
        text.put("misfire", spec.misfire().name());
        return text.toString();
    }

    /**
     * The specification that {@link #of} wrote, put together with its columns.
     *
     * @throws IllegalStateException if the text is not of that form
     */
    public static JobSpec read(JobId id, String tenant, int priority, byte[] payload, String text) {
        try {
            JsonNode spec = JSON.readTree(text);
            JsonNode retries = spec.required("retries");
            return new JobSpec(
                    id,
                    tenant,
                    priority,
                    work(spec.required("work")),
                    payload,
                    schedule(spec.required("schedule")),
                    new RetryPolicy(
                            retries.required("attempts").intValue(),
                            duration(retries, "firstDelay"),
                            duration(retries, "maxDelay")),
                    spec.has("deadline") ? Optional.of(duration(spec, "deadline")) : Optional.empty(),
                    MisfirePolicy.valueOf(text(spec, "misfire")));
        } catch (JsonProcessingException | RuntimeException e) {
            throw new IllegalStateException("job " + id + " has a specification that cannot be read: " + text, e);
        }
    }

    private static void write(Work work, ObjectNode text) {
        if (work instanceof Work.HttpCall call) {
            ObjectNode http =
                    text.putObject("http").put("uri", call.uri().toString()).put("method", call.method());
            ObjectNode headers = http.putObject("headers");
            call.headers().forEach(headers::put);
        } else if (work instanceof Work.Command command) {
            command.arguments().forEach(text.putArray("command")::add);
        } else if (work instanceof Work.HandlerCall call) {
            text.put("handler", call.handler());
        }
    }

    private static Work work(JsonNode text) {
        if (text.has("http")) {
            JsonNode http = text.required("http");
            Map<String, String> headers = new LinkedHashMap<>();
            http.required("headers")
                    .properties()
                    .forEach(header ->
                            headers.put(header.getKey(), header.getValue().textValue()));
            return new Work.HttpCall(URI.create(text(http, "uri")), text(http, "method"), headers);
        }
        if (text.has("command")) {
            List<String> arguments = new ArrayList<>();
            text.required("command").forEach(argument -> arguments.add(argument.textValue()));
            return new Work.Command(arguments);
        }
        return new Work.HandlerCall(text(text, "handler"));
    }

    private static void write(Schedule schedule, ObjectNode text) {
        if (schedule instanceof Schedule.At at) {
            text.put("at", at.instant().toString());
        } else if (schedule instanceof Schedule.After after) {
            text.put("after", after.delay().toString());
        } else if (schedule instanceof Schedule.FixedRate rate) {
            text.put("first", rate.first().toString())
                    .put("period", rate.period().toString());
        } else if (schedule instanceof Schedule.Cron cron) {
            text.put("cron", cron.expression()).put("zone", cron.zone().getId());
        }
    }

    private static Schedule schedule(JsonNode text) {
        if (text.has("at")) {
            return new Schedule.At(Instant.parse(text(text, "at")));
        }
        if (text.has("after")) {
            return new Schedule.After(duration(text, "after"));
        }
        if (text.has("period")) {
            return new Schedule.FixedRate(Instant.parse(text(text, "first")), duration(text, "period"));
        }
        return new Schedule.Cron(text(text, "cron"), ZoneId.of(text(text, "zone")));
    }

    private static String text(JsonNode parent, String name) {
        return parent.required(name).textValue();
    }

    private static Duration duration(JsonNode parent, String name) {
        return Duration.parse(text(parent, name));
    }
}

package io.fencepost.scheduler.api;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import io.fencepost.scheduler.store.WorkerReport;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/** How things look in JSON. Instants and durations are texts as of ISO 8601; what is not there is left out; constants are in lower case with hyphens. */
final class Views {
    /** Strict: no field twice, nothing behind the end, nothing nested deeper than any of our requests. */
    static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(20)
                            .maxNumberLength(50)
                            .maxNameLength(1000)
                            .maxStringLength(64 << 20)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Views() {}

    static byte[] bytes(JsonNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON cannot be written", e);
        }
    }

    /** Without its payload, which lists do not have. */
    static ObjectNode job(Job job) {
        JobSpec spec = job.spec();
        ObjectNode json = JSON.createObjectNode();
        json.put("id", spec.id().value());
        json.put("tenant", spec.tenant());
        json.put("priority", spec.priority());
        json.put("state", Fields.nameOf(job.state()));
        json.set("work", work(spec.work()));
        json.set("schedule", schedule(spec.schedule()));
        json.putObject("retries")
                .put("attempts", spec.retries().attempts())
                .put("firstDelay", spec.retries().firstDelay().toString())
                .put("maxDelay", spec.retries().maxDelay().toString());
        put(json, "deadline", spec.deadline());
        json.put("misfire", Fields.nameOf(spec.misfire()));
        json.put("due", job.due().toString());
        json.put("next", job.next().toString());
        json.put("run", job.run());
        json.put("attempt", job.attempt());
        token(json, job.fence());
        put(json, "worker", job.worker());
        put(json, "began", job.began());
        put(json, "error", job.error());
        json.put("submitted", job.submitted().toString());
        json.put("changed", job.changed().toString());
        json.put("events", job.events());
        return json;
    }

    /** With its payload: as text where it is text, in base 64 otherwise. */
    static ObjectNode jobWithPayload(Job job) {
        ObjectNode json = job(job);
        byte[] payload = job.spec().payload();
        try {
            json.put(
                    "payload",
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(payload))
                            .toString());
        } catch (CharacterCodingException e) {
            json.put("payloadBase64", Base64.getEncoder().encodeToString(payload));
        }
        return json;
    }

    static ObjectNode event(JobEvent event) {
        ObjectNode json = JSON.createObjectNode();
        json.put("job", event.job().value());
        json.put("number", event.number());
        json.put("at", event.at().toString());
        json.put("kind", Fields.nameOf(event.kind()));
        json.put("state", Fields.nameOf(event.state()));
        json.put("run", event.run());
        json.put("attempt", event.attempt());
        token(json, event.token());
        put(json, "worker", event.worker());
        json.put("detail", event.detail());
        return json;
    }

    static ObjectNode worker(WorkerReport report) {
        return JSON.createObjectNode()
                .put("name", report.worker())
                .put("started", report.started().toString())
                .put("reported", report.reported().toString())
                .put("slots", report.slots())
                .put("running", report.running())
                .put("draining", report.draining());
    }

    static ObjectNode tenant(String name, int weight) {
        return JSON.createObjectNode().put("tenant", name).put("weight", weight);
    }

    static ObjectNode counts(Map<JobState, Long> counts) {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode byState = json.putObject("counts");
        long total = 0;
        for (JobState state : JobState.values()) {
            long count = counts.getOrDefault(state, 0L);
            byState.put(Fields.nameOf(state), count);
            total += count;
        }
        return json.put("total", total);
    }

    private static ObjectNode work(Work work) {
        ObjectNode json = JSON.createObjectNode();
        if (work instanceof Work.HttpCall call) {
            json.put("kind", "http").put("uri", call.uri().toString()).put("method", call.method());
            ObjectNode headers = json.putObject("headers");
            call.headers().forEach(headers::put);
        } else if (work instanceof Work.Command command) {
            ArrayNode arguments = json.put("kind", "command").putArray("arguments");
            command.arguments().forEach(arguments::add);
        } else if (work instanceof Work.HandlerCall call) {
            json.put("kind", "handler").put("handler", call.handler());
        }
        return json;
    }

    private static ObjectNode schedule(Schedule schedule) {
        ObjectNode json = JSON.createObjectNode();
        if (schedule instanceof Schedule.At at) {
            json.put("kind", "at").put("instant", at.instant().toString());
        } else if (schedule instanceof Schedule.After after) {
            json.put("kind", "after").put("delay", after.delay().toString());
        } else if (schedule instanceof Schedule.FixedRate rate) {
            json.put("kind", "fixed-rate")
                    .put("first", rate.first().toString())
                    .put("period", rate.period().toString());
        } else if (schedule instanceof Schedule.Cron cron) {
            json.put("kind", "cron")
                    .put("expression", cron.expression())
                    .put("zone", cron.zone().getId());
        }
        return json;
    }

    /** As a text: tokens go up to 2^63, and numbers of JavaScript are exact only up to 2^53. */
    private static void token(ObjectNode json, Optional<FencingToken> token) {
        token.ifPresent(value -> json.put("token", value.toString()));
    }

    private static void put(ObjectNode json, String name, Optional<?> value) {
        value.ifPresent(v -> json.put(name, v.toString()));
    }
}

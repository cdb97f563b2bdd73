package io.fencepost.scheduler.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.scheduler.api.Problem.FieldError;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobSpec;
import io.fencepost.scheduler.job.MisfirePolicy;
import io.fencepost.scheduler.job.Recurrence;
import io.fencepost.scheduler.job.RetryPolicy;
import io.fencepost.scheduler.job.Schedule;
import io.fencepost.scheduler.job.Work;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Makes jobs of what clients send, or tells all that is wrong with it. */
final class JobReader {
    /** The most jobs of one request. */
    static final int MAX_JOBS = 1000;

    /** Ten years: longer ones are mistakes, and the sum of an instant and a duration stays a date that every store can keep. */
    static final Duration LONGEST = Duration.ofDays(3650);

    static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    private static final String NAME = "1 to 64 letters, digits, '.', '_' and '-'";
    private static final Pattern NAMED = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern HANDLER = Pattern.compile("[A-Za-z0-9._:/$-]{1,128}");
    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern HEADER_VALUE = Pattern.compile("[\\x20-\\x7E]{0,4096}");

    /** Those that the worker's HTTP client sets itself, and ours. */
    private static final Set<String> KEPT_HEADERS = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade",
            "fencing-token",
            "job-id",
            "job-run");

    private final Instant now;
    private final Map<JobId, Integer> seen = new HashMap<>();
    private final List<FieldError> errors = new ArrayList<>();
    private boolean tooLarge;

    private JobReader(Instant now) {
        this.now = now;
    }

    /**
     * One job, or an array of them.
     *
     * @throws Problem 400, 413 or 422
     */
    static List<Job> jobs(JsonNode body, Instant now) {
        JobReader reader = new JobReader(now);
        List<Job> jobs = new ArrayList<>();
        if (!body.isArray()) {
            reader.job(body, "").ifPresent(jobs::add);
        } else if (body.isEmpty() || body.size() > MAX_JOBS) {
            reader.errors.add(new FieldError("", "an array of " + body.size(), "1 to " + MAX_JOBS + " jobs"));
        } else {
            for (int i = 0; i < body.size(); i++) {
                reader.job(body.get(i), "/" + i).ifPresent(jobs::add);
            }
        }
        reader.refuseIfWrong();
        return jobs;
    }

    /** @throws Problem if the body is not JSON */
    static JsonNode parse(byte[] body) {
        try {
            JsonNode json = Views.JSON.readTree(body);
            if (json == null || json.isMissingNode()) {
                throw new Problem(400, "Malformed JSON", "the body is empty; JSON was expected");
            }
            return json;
        } catch (StreamConstraintsException e) {
            throw new Problem(400, "Malformed JSON", "the body nests too deeply, or has too long a name or number");
        } catch (JsonProcessingException e) {
            throw new Problem(400, "Malformed JSON", where(e));
        } catch (IOException e) {
            throw new Problem(400, "Malformed JSON", "the body is not text in UTF-8");
        }
    }

    private static String where(JsonProcessingException e) {
        // the parser's own sentence quotes the source, which may be a payload
        return e.getLocation() == null
                ? "the body is not JSON"
                : "the body is not JSON, or names a field twice; see line "
                        + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private void refuseIfWrong() {
        if (errors.isEmpty()) {
            return;
        }
        FieldError first = errors.get(0);
        String more = errors.size() == 1 ? "" : ", and " + (errors.size() - 1) + " more";
        String detail = (first.field().isEmpty() ? "the body" : first.field()) + " is '" + first.value()
                + "'; allowed: " + first.allowed() + more;
        throw tooLarge
                ? new Problem(413, "Payload too large", detail, errors)
                : new Problem(422, "Invalid job", detail, errors);
    }

    private Optional<Job> job(JsonNode json, String pointer) {
        if (!json.isObject()) {
            errors.add(
                    new FieldError(pointer, Fields.shortened(json.getNodeType().toString()), "an object"));
            return Optional.empty();
        }
        int before = errors.size();
        Fields fields = new Fields(json, pointer, errors);
        fields.only(
                "id",
                "tenant",
                "priority",
                "work",
                "payload",
                "payloadBase64",
                "schedule",
                "retries",
                "deadline",
                "misfire");
        Optional<JobId> id =
                fields.text("id", v -> NAMED.matcher(v).matches(), NAME).map(JobId::new);
        String tenant =
                fields.text("tenant", v -> NAMED.matcher(v).matches(), NAME).orElse("default");
        int priority = fields.number("priority", 0, JobSpec.MAX_PRIORITY).orElse(5);
        Optional<Work> work = required(fields, "work").flatMap(this::work);
        byte[] payload = payload(fields);
        Schedule schedule = fields.has("schedule")
                ? fields.object("schedule").flatMap(this::schedule).orElse(new Schedule.At(now))
                : new Schedule.At(now);
        RetryPolicy retries = fields.object("retries").map(this::retries).orElse(RetryPolicy.DEFAULT);
        Optional<Duration> deadline = fields.duration("deadline", Duration.ofMillis(1), LONGEST);
        MisfirePolicy misfire = fields.constant("misfire", MisfirePolicy.class).orElse(MisfirePolicy.RUN_ONCE);
        id.ifPresent(known -> {
            Integer other = seen.putIfAbsent(known, seen.size());
            if (other != null) {
                fields.wrong("id", "each id once in a request");
            }
        });
        if (errors.size() > before || work.isEmpty()) {
            return Optional.empty();
        }
        JobSpec spec = new JobSpec(
                id.orElseGet(JobId::random),
                tenant,
                priority,
                work.get(),
                payload,
                schedule,
                retries,
                deadline,
                misfire);
        try {
            return Optional.of(Job.submitted(spec, Recurrence.first(schedule, now), now));
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError(
                    pointer + (schedule instanceof Schedule.Cron ? "/schedule/expression" : "/schedule"),
                    schedule instanceof Schedule.Cron cron ? Fields.shortened(cron.expression()) : "",
                    String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private Optional<Fields> required(Fields fields, String name) {
        if (!fields.has(name)) {
            fields.wrong(name, "required: an object");
        }
        return fields.object(name);
    }

    private Optional<Work> work(Fields fields) {
        String kind = fields.requiredText(
                "kind", Set.of("http", "command", "handler")::contains, "one of http, command, handler");
        return switch (kind) {
            case "http" -> httpCall(fields);
            case "command" -> {
                fields.only("kind", "arguments");
                List<String> arguments = fields.texts(
                        "arguments",
                        1,
                        256,
                        v -> v.length() <= 8192 && v.indexOf('\0') < 0,
                        "at most 8192 characters, none of them NUL");
                if (!arguments.isEmpty() && arguments.get(0).isBlank()) {
                    fields.wrong("arguments", "the first names a program");
                    yield Optional.empty();
                }
                yield arguments.isEmpty() ? Optional.empty() : Optional.of(new Work.Command(arguments));
            }
            case "handler" -> {
                fields.only("kind", "handler");
                String handler = fields.requiredText(
                        "handler",
                        v -> HANDLER.matcher(v).matches(),
                        "1 to 128 letters, digits and characters of ._:/$-");
                yield handler.isEmpty() ? Optional.empty() : Optional.of(new Work.HandlerCall(handler));
            }
            default -> Optional.empty();
        };
    }

    private Optional<Work> httpCall(Fields fields) {
        fields.only("kind", "uri", "method", "headers");
        String uri = fields.requiredText(
                "uri", JobReader::isHttp, "an absolute URI with http or https and a host, at most 2048 characters");
        String method = fields.text(
                        "method",
                        Set.of("GET", "POST", "PUT", "PATCH", "DELETE")::contains,
                        "one of GET, POST, PUT, PATCH, DELETE")
                .orElse("POST");
        Map<String, String> headers = fields.map(
                "headers",
                50,
                name -> HEADER_NAME.matcher(name).matches() && !KEPT_HEADERS.contains(name.toLowerCase(Locale.ROOT)),
                value -> HEADER_VALUE.matcher(value).matches(),
                "names as of HTTP, at most 100 characters, values of at most 4096 printable characters of ASCII; not "
                        + String.join(", ", KEPT_HEADERS.stream().sorted().toList()));
        return uri.isEmpty() ? Optional.empty() : Optional.of(new Work.HttpCall(URI.create(uri), method, headers));
    }

    private static boolean isHttp(String value) {
        try {
            URI uri = new URI(value);
            return value.length() <= 2048
                    && uri.getHost() != null
                    && uri.getUserInfo() == null
                    && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getPort() != 0
                    && uri.getPort() <= 65_535;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private byte[] payload(Fields fields) {
        if (fields.has("payload") && fields.has("payloadBase64")) {
            fields.unsaid("payloadBase64", "given beside payload", "either payload, a text, or payloadBase64, bytes");
            return new byte[0];
        }
        Optional<byte[]> text = fields.secret("payload", "a text").map(v -> v.getBytes(StandardCharsets.UTF_8));
        Optional<byte[]> bytes = fields.secret("payloadBase64", "bytes in base 64")
                .flatMap(value -> {
                    try {
                        return Optional.of(Base64.getDecoder().decode(value));
                    } catch (IllegalArgumentException e) {
                        fields.unsaid("payloadBase64", value.length() + " characters", "bytes in base 64, padded");
                        return Optional.empty();
                    }
                });
        byte[] payload = text.or(() -> bytes).orElse(new byte[0]);
        if (payload.length > JobSpec.MAX_PAYLOAD_BYTES) {
            tooLarge = true;
            fields.unsaid(
                    text.isPresent() ? "payload" : "payloadBase64",
                    payload.length + " bytes",
                    "at most " + JobSpec.MAX_PAYLOAD_BYTES + " bytes");
        }
        return payload;
    }

    private Optional<Schedule> schedule(Fields fields) {
        String kind = fields.requiredText(
                "kind", Set.of("at", "after", "fixed-rate", "cron")::contains, "one of at, after, fixed-rate, cron");
        return switch (kind) {
            case "at" -> {
                fields.only("kind", "instant");
                yield requiredInstant(fields, "instant").map(Schedule.At::new);
            }
            case "after" -> {
                fields.only("kind", "delay");
                yield requiredDuration(fields, "delay", Duration.ZERO).map(Schedule.After::new);
            }
            case "fixed-rate" -> {
                fields.only("kind", "first", "period");
                Instant first = fields.instant("first", EARLIEST, LATEST).orElse(now);
                yield requiredDuration(fields, "period", Schedule.FixedRate.MIN_PERIOD)
                        .map(period -> new Schedule.FixedRate(first, period));
            }
            case "cron" -> {
                fields.only("kind", "expression", "zone");
                String expression = fields.requiredText(
                        "expression", v -> !v.isBlank() && v.length() <= 200, "five fields, at most 200 characters");
                Optional<String> zone = fields.text(
                        "zone", JobReader::isZone, "a time zone as of IANA, such as Europe/Berlin, or an offset");
                yield expression.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Schedule.Cron(expression, ZoneId.of(zone.orElse("UTC"))));
            }
            default -> Optional.empty();
        };
    }

    private static boolean isZone(String value) {
        try {
            return value.length() <= 64 && ZoneId.of(value) != null;
        } catch (DateTimeException e) {
            return false;
        }
    }

    private Optional<Instant> requiredInstant(Fields fields, String name) {
        if (!fields.has(name)) {
            fields.wrong(name, "required: an instant as of ISO 8601 with Z, such as 2026-12-24T18:00:00Z");
        }
        return fields.instant(name, EARLIEST, LATEST);
    }

    private Optional<Duration> requiredDuration(Fields fields, String name, Duration least) {
        if (!fields.has(name)) {
            fields.wrong(name, "required: a duration as of ISO 8601, such as PT90S");
        }
        return fields.duration(name, least, LONGEST);
    }

    private RetryPolicy retries(Fields fields) {
        fields.only("attempts", "firstDelay", "maxDelay");
        RetryPolicy standard = RetryPolicy.DEFAULT;
        int attempts = fields.number("attempts", 1, RetryPolicy.MAX_ATTEMPTS).orElse(standard.attempts());
        Duration first = fields.duration("firstDelay", Duration.ZERO, LONGEST).orElse(standard.firstDelay());
        Duration most = fields.duration("maxDelay", Duration.ZERO, LONGEST)
                .orElse(first.compareTo(standard.maxDelay()) > 0 ? first : standard.maxDelay());
        if (most.compareTo(first) < 0) {
            fields.wrong("maxDelay", "not shorter than firstDelay, which is " + first);
            return standard;
        }
        return new RetryPolicy(attempts, first, most);
    }
}

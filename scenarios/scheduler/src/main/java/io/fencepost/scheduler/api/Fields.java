package io.fencepost.scheduler.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fencepost.scheduler.api.Problem.FieldError;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads the members of one JSON object and notes what is wrong with each, so that a client learns of all its mistakes at once. A member that is null counts as left out.
 *
 * <p>After a mistake the readers answer as if the member were left out; whoever uses the values asks {@link #errors} first.
 */
final class Fields {
    private static final int MAX_ECHO = 80;
    private static final Pattern NOT_PRINTABLE = Pattern.compile("\\p{Cntrl}");

    private final JsonNode object;
    private final String pointer;
    private final List<FieldError> errors;

    /**
     * @param pointer where in the body the object is, as a JSON pointer
     * @param errors where mistakes are noted
     */
    Fields(JsonNode object, String pointer, List<FieldError> errors) {
        this.object = object;
        this.pointer = pointer;
        this.errors = errors;
    }

    List<FieldError> errors() {
        return errors;
    }

    /** Notes members that have none of these names. */
    void only(String... names) {
        Set<String> known = Set.of(names);
        for (Iterator<String> members = object.fieldNames(); members.hasNext(); ) {
            String member = members.next();
            if (!known.contains(member)) {
                // its value may be a payload under a wrong name
                errors.add(new FieldError(
                        at(member),
                        object.get(member).getNodeType().toString().toLowerCase(Locale.ROOT),
                        "no such field; there are " + Stream.of(names).sorted().collect(Collectors.joining(", "))));
            }
        }
    }

    boolean has(String name) {
        return object.hasNonNull(name);
    }

    void wrong(String name, String allowed) {
        errors.add(new FieldError(at(name), has(name) ? shortened(object.get(name)) : "", allowed));
    }

    Optional<String> text(String name, Predicate<String> valid, String allowed) {
        if (!has(name)) {
            return Optional.empty();
        }
        JsonNode value = object.get(name);
        if (!value.isTextual() || !valid.test(value.textValue())) {
            wrong(name, allowed);
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    String requiredText(String name, Predicate<String> valid, String allowed) {
        if (!has(name)) {
            wrong(name, "required: " + allowed);
        }
        return text(name, valid, allowed).orElse("");
    }

    OptionalInt number(String name, int least, int most) {
        if (!has(name)) {
            return OptionalInt.empty();
        }
        JsonNode value = object.get(name);
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < least
                || value.intValue() > most) {
            wrong(name, "a whole number, " + least + " to " + most);
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.intValue());
    }

    Optional<Duration> duration(String name, Duration least, Duration most) {
        String allowed = "a duration as of ISO 8601, " + least + " to " + most;
        return text(name, value -> true, allowed).flatMap(value -> {
            try {
                Duration duration = Duration.parse(value);
                if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                    return Optional.of(duration);
                }
            } catch (DateTimeException | ArithmeticException e) {
                // told below
            }
            wrong(name, allowed);
            return Optional.empty();
        });
    }

    Optional<Instant> instant(String name, Instant least, Instant most) {
        String allowed = "an instant as of ISO 8601 with Z, " + least + " to " + most;
        return text(name, value -> true, allowed).flatMap(value -> {
            try {
                Instant instant = Instant.parse(value);
                if (!instant.isBefore(least) && !instant.isAfter(most)) {
                    return Optional.of(instant);
                }
            } catch (DateTimeException e) {
                // told below
            }
            wrong(name, allowed);
            return Optional.empty();
        });
    }

    /** A constant by its name in JSON: in lower case, with hyphens. */
    <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
        String allowed = Stream.of(type.getEnumConstants()).map(Fields::nameOf).collect(Collectors.joining(", "));
        return text(name, value -> true, "one of " + allowed).flatMap(value -> {
            for (E constant : type.getEnumConstants()) {
                if (nameOf(constant).equals(value)) {
                    return Optional.of(constant);
                }
            }
            wrong(name, "one of " + allowed);
            return Optional.empty();
        });
    }

    static String nameOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Optional<Fields> object(String name) {
        if (!has(name)) {
            return Optional.empty();
        }
        JsonNode value = object.get(name);
        if (!value.isObject()) {
            wrong(name, "an object");
            return Optional.empty();
        }
        return Optional.of(new Fields(value, at(name), errors));
    }

    List<String> texts(String name, int least, int most, Predicate<String> valid, String allowed) {
        JsonNode value = object.path(name);
        List<String> texts = new ArrayList<>();
        if (!value.isArray() || value.size() < least || value.size() > most) {
            wrong(name, "an array of " + least + " to " + most + " strings, each " + allowed);
            return texts;
        }
        for (int i = 0; i < value.size(); i++) {
            if (!value.get(i).isTextual() || !valid.test(value.get(i).textValue())) {
                errors.add(new FieldError(at(name) + "/" + i, shortened(value.get(i)), allowed));
            }
            texts.add(value.get(i).asText());
        }
        return texts;
    }

    /** A text that no answer repeats. */
    Optional<String> secret(String name, String allowed) {
        if (!has(name)) {
            return Optional.empty();
        }
        JsonNode value = object.get(name);
        if (!value.isTextual()) {
            unsaid(name, value.getNodeType().toString().toLowerCase(Locale.ROOT), allowed);
            return Optional.empty();
        }
        return Optional.of(value.textValue());
    }

    /** Notes a mistake with something about the value instead of the value. */
    void unsaid(String name, String about, String allowed) {
        errors.add(new FieldError(at(name), about, allowed));
    }

    /** An object whose members are all strings. */
    Map<String, String> map(
            String name, int most, Predicate<String> validKey, Predicate<String> validValue, String allowed) {
        Map<String, String> map = new LinkedHashMap<>();
        if (!has(name)) {
            return map;
        }
        JsonNode value = object.get(name);
        if (!value.isObject() || value.size() > most) {
            wrong(name, "an object of at most " + most + " strings: " + allowed);
            return map;
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            if (!validKey.test(member.getKey())
                    || !member.getValue().isTextual()
                    || !validValue.test(member.getValue().textValue())) {
                errors.add(new FieldError(
                        at(name) + "/" + escaped(member.getKey()), shortened(member.getValue()), allowed));
            }
            map.put(member.getKey(), member.getValue().asText());
        }
        return map;
    }

    /** What is told of a value: enough to recognise it, never a payload. */
    static String shortened(String value) {
        String clean = NOT_PRINTABLE
                .matcher(value.length() > MAX_ECHO ? value.substring(0, MAX_ECHO) : value)
                .replaceAll("\uFFFD");
        return value.length() > MAX_ECHO ? clean + "…" : clean;
    }

    private static String shortened(JsonNode value) {
        if (value.isTextual()) {
            return shortened(value.textValue());
        }
        return value.isObject()
                ? "an object"
                : value.isArray() ? "an array of " + value.size() : shortened(value.asText());
    }

    private String at(String name) {
        return pointer + "/" + escaped(name);
    }

    private static String escaped(String name) {
        return shortened(name).replace("~", "~0").replace("/", "~1");
    }
}

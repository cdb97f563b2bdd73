package io.fencepost.scenarios.chaos.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The fields of one object of a scenario file, with errors that say where they are. A field that nobody asked for is an error as well. */
final class Fields {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d+)(ms|s|m)");

    private final String place;
    private final @Nullable JsonNode node;
    private final Set<String> known = new TreeSet<>();

    Fields(String place, @Nullable JsonNode node) throws ScenarioFormatException {
        this.place = place;
        this.node = node;
        if (node != null && !node.isObject()) {
            throw new ScenarioFormatException(place + " is " + node + ", but must have named fields");
        }
    }

    /** A duration as people write it: {@code 250ms}, {@code 2s}, {@code 1m}, or in the form of ISO 8601. */
    static Optional<Duration> duration(String text) {
        Matcher matcher = SHORT_DURATION.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            return Optional.of(
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(number);
                        case "s" -> Duration.ofSeconds(number);
                        default -> Duration.ofMinutes(number);
                    });
        }
        try {
            return Optional.of(Duration.parse(text));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    Fields object(String name) throws ScenarioFormatException {
        return new Fields(where(name), get(name).orElse(null));
    }

    List<Fields> objects(String name) throws ScenarioFormatException {
        List<Fields> all = new ArrayList<>();
        Optional<JsonNode> list = get(name);
        if (list.isPresent()) {
            if (!list.get().isArray()) {
                throw new ScenarioFormatException(where(name) + " is " + list.get() + ", but must be a list");
            }
            for (JsonNode element : list.get()) {
                all.add(new Fields(where(name) + "[" + all.size() + "]", element));
            }
        }
        return all;
    }

    List<String> texts(String name) throws ScenarioFormatException {
        List<String> all = new ArrayList<>();
        for (JsonNode element : get(name).map(List::of).orElse(List.of())) {
            if (!element.isArray()) {
                throw new ScenarioFormatException(where(name) + " is " + element + ", but must be a list");
            }
            element.forEach(text -> all.add(text.asText()));
        }
        return all;
    }

    String text(String name) throws ScenarioFormatException {
        return get(name)
                .map(JsonNode::asText)
                .orElseThrow(() -> new ScenarioFormatException(where(name) + " is missing"));
    }

    boolean flag(String name, boolean otherwise) throws ScenarioFormatException {
        return choice(name, List.of("true", "false"), Boolean.toString(otherwise))
                .equals("true");
    }

    int number(String name, int otherwise, int least, int most) throws ScenarioFormatException {
        String text = get(name).map(JsonNode::asText).orElse(Integer.toString(otherwise));
        try {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, like a number that is out of range
        }
        throw new ScenarioFormatException(
                where(name) + " is '" + text + "', but must be a whole number from " + least + " to " + most);
    }

    double part(String name, double otherwise) throws ScenarioFormatException {
        String text = get(name).map(JsonNode::asText).orElse(Double.toString(otherwise));
        try {
            double value = Double.parseDouble(text);
            if (value >= 0 && value <= 1) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, like a number that is out of range
        }
        throw new ScenarioFormatException(where(name) + " is '" + text + "', but must be a number from 0 to 1");
    }

    Duration time(String name, Duration otherwise, Duration least, Duration most) throws ScenarioFormatException {
        String text = get(name).map(JsonNode::asText).orElse(otherwise.toString());
        Optional<Duration> value = duration(text);
        if (value.isEmpty() || value.get().compareTo(least) < 0 || value.get().compareTo(most) > 0) {
            throw new ScenarioFormatException(where(name) + " is '" + text + "', but must be a duration from "
                    + least.toMillis() + "ms to " + most.toMillis() + "ms, such as 250ms or 2s");
        }
        return value.get();
    }

    String choice(String name, List<String> allowed, String otherwise) throws ScenarioFormatException {
        String text = get(name).map(JsonNode::asText).orElse(otherwise).toLowerCase(Locale.ROOT);
        if (!allowed.contains(text)) {
            throw new ScenarioFormatException(
                    where(name) + " is '" + text + "', but must be one of " + String.join(", ", allowed));
        }
        return text;
    }

    /** All fields that were not asked for so far, as text. */
    java.util.Map<String, String> others() {
        java.util.Map<String, String> others = new java.util.TreeMap<>();
        names().forEachRemaining(name -> {
            if (!known.contains(name)) {
                others.put(name, value(name).map(JsonNode::asText).orElse(""));
            }
        });
        known.addAll(others.keySet());
        return others;
    }

    List<String> namesOfFields() {
        List<String> all = new ArrayList<>();
        names().forEachRemaining(all::add);
        known.addAll(all);
        return all;
    }

    boolean has(String name) {
        return get(name).isPresent();
    }

    /** Complains of fields that nobody asked for. */
    void end() throws ScenarioFormatException {
        Iterator<String> names = names();
        while (names.hasNext()) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new ScenarioFormatException(where(name) + " is unknown; there are " + String.join(", ", known));
            }
        }
    }

    String where(String name) {
        return place.isEmpty() ? name : place + "." + name;
    }

    private Optional<JsonNode> get(String name) {
        known.add(name);
        return value(name);
    }

    private Optional<JsonNode> value(String name) {
        return Optional.ofNullable(node).map(fields -> fields.get(name)).filter(value -> !value.isNull());
    }

    private Iterator<String> names() {
        Supplier<Iterator<String>> none = java.util.Collections::emptyIterator;
        return Optional.ofNullable(node).map(JsonNode::fieldNames).orElseGet(none);
    }
}

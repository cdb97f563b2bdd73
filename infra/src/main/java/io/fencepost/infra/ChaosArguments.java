package io.fencepost.infra;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words and options of a command line: {@code WORD... --option=value --flag}. */
final class ChaosArguments {

    private static final Pattern DURATION = Pattern.compile("(-?)(\\d{1,9})(ms|s|m|h)");

    private final List<String> words;
    private final Map<String, String> options;

    private ChaosArguments(List<String> words, Map<String, String> options) {
        this.words = words;
        this.options = options;
    }

    /**
     * Takes a command line apart.
     *
     * @throws IllegalArgumentException for an option that is not among those allowed, naming them
     */
    static ChaosArguments parse(List<String> arguments, List<String> allowed) {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new TreeMap<>();
        for (String argument : arguments) {
            if (!argument.startsWith("--")) {
                words.add(argument);
                continue;
            }
            int split = argument.indexOf('=');
            String name = split < 0 ? argument : argument.substring(0, split);
            if (!allowed.contains(name)) {
                throw new IllegalArgumentException("no option " + name + ", there are " + String.join(", ", allowed));
            }
            options.put(name, split < 0 ? "" : argument.substring(split + 1));
        }
        return new ChaosArguments(List.copyOf(words), options);
    }

    /** All words, which must be so many. */
    List<String> words(int count, String what) {
        if (words.size() != count) {
            throw new IllegalArgumentException(words.size() + " words, " + what + " expected");
        }
        return words;
    }

    List<String> words() {
        return words;
    }

    boolean has(String option) {
        return options.containsKey(option);
    }

    Optional<String> value(String option) {
        return Optional.ofNullable(options.get(option));
    }

    Optional<Duration> duration(String option) {
        return value(option).map(text -> duration(option, text));
    }

    /** A duration such as {@code 250ms}, {@code -90s}, {@code 5m}, {@code 2h}. */
    static Duration duration(String name, String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    name + " = " + text + ", must be a number with ms, s, m or h, such as 250ms");
        }
        long count = Long.parseLong(matcher.group(2));
        Duration duration = switch (matcher.group(3)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
        };
        return matcher.group(1).isEmpty() ? duration : duration.negated();
    }

    static double number(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " = " + text + ", must be a number", e);
        }
    }
}

package io.fencepost.lock.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.TimeSource;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a provider is opened with: the parts of a URI
 * {@code scheme://user:password@host1:port1,host2:port2/path?option=value}, with options also from a map, read with checks.
 *
 * <p>A provider reads every option it knows and then calls {@link #rejectUnknownOptions()}, all before any I/O. Every refusal names the option, its value and
 * what is allowed (rule 8.1). Passwords never appear in messages. Not thread-safe: to be read by one thread, once.
 */
public final class BackendConfig {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s]+)(?::(\\d{1,5}))?");

    private final String scheme;
    private final List<String> rawAddresses;
    private final String path;
    private final Optional<String> user;
    private final Optional<String> password;
    private final Map<String, String> options;
    private final Set<String> known = new HashSet<>();
    private final String holder;
    private final TimeSource timeSource;

    /** Where a server listens. */
    public record Address(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private BackendConfig(
            String scheme,
            List<String> rawAddresses,
            String path,
            Optional<String> user,
            Optional<String> password,
            Map<String, String> options,
            String holder,
            TimeSource timeSource) {
        this.scheme = scheme;
        this.rawAddresses = rawAddresses;
        this.path = path;
        this.user = user;
        this.password = password;
        this.options = options;
        this.holder = holder;
        this.timeSource = timeSource;
    }

    /**
     * @param options added to those of the URI; an option may stand in one of the two
     * @throws IllegalArgumentException if the URI is malformed, or an option is given twice
     */
    public static BackendConfig parse(String uri, Map<String, String> options, String holder, TimeSource timeSource) {
        String scheme = schemeOf(uri);
        String rest = uri.substring(scheme.length() + 1);
        Map<String, String> all = new HashMap<>();
        int question = rest.indexOf('?');
        if (question >= 0) {
            for (String pair : rest.substring(question + 1).split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals <= 0) {
                    throw new IllegalArgumentException(
                            scheme + ": '" + pair + "' in the URI is not of the form option=value");
                }
                putOnce(all, scheme, decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
            rest = rest.substring(0, question);
        }
        options.forEach((name, value) -> putOnce(all, scheme, name, value));

        if (!rest.startsWith("//")) {
            return new BackendConfig(
                    scheme, List.of(), decode(rest), Optional.empty(), Optional.empty(), all, holder, timeSource);
        }
        int slash = rest.indexOf('/', 2);
        String authority = rest.substring(2, slash < 0 ? rest.length() : slash);
        String path = slash < 0 ? "" : decode(rest.substring(slash + 1));
        Optional<String> user = Optional.empty();
        Optional<String> password = Optional.empty();
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String info = authority.substring(0, at);
            int colon = info.indexOf(':');
            user = Optional.of(decode(colon < 0 ? info : info.substring(0, colon)))
                    .filter(u -> !u.isEmpty());
            password = colon < 0 ? Optional.empty() : Optional.of(decode(info.substring(colon + 1)));
            authority = authority.substring(at + 1);
        }
        List<String> addresses = authority.isEmpty() ? List.of() : Arrays.asList(authority.split(",", -1));
        return new BackendConfig(scheme, addresses, path, user, password, all, holder, timeSource);
    }

    /**
     * The scheme of a URI, which selects the provider.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static String schemeOf(String uri) {
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? "" : uri.substring(0, colon);
        if (!scheme.matches("[a-z][a-z0-9+.-]*")) {
            throw new IllegalArgumentException(
                    "a lock URI begins with the lower-case scheme of its provider and a colon, like 'memory:'; '"
                            + redact(uri) + "' does not");
        }
        return scheme;
    }

    private static String redact(String uri) {
        return uri.replaceAll("//[^/@]*@", "//***@").replaceAll("(?i)(password=)[^&]*", "$1***");
    }

    private static void putOnce(Map<String, String> all, String scheme, String name, String value) {
        if (all.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException(scheme + ": option '" + name + "' is given twice");
        }
    }

    private static String decode(String text) {
        // '+' stands for itself in a URI; only forms use it for a space
        return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
    }

    public String scheme() {
        return scheme;
    }

    /** The id of the client that is opened. */
    public String holder() {
        return holder;
    }

    /** The clock of the client that is opened. */
    public TimeSource timeSource() {
        return timeSource;
    }

    /** What follows the first slash behind the addresses, or the scheme's colon where there are none; may be empty. */
    public String path() {
        return path;
    }

    public Optional<String> user() {
        return user;
    }

    public Optional<String> password() {
        return password;
    }

    /**
     * The servers' addresses, in the order given, without doubles.
     *
     * @throws IllegalArgumentException if there are none, or one is malformed or given twice
     */
    public List<Address> addresses(int defaultPort) {
        if (rawAddresses.isEmpty()) {
            throw new IllegalArgumentException(scheme + ": the URI names no server; expected " + scheme + "://host:"
                    + defaultPort + " or several of them with commas");
        }
        List<Address> addresses = new ArrayList<>();
        for (String raw : rawAddresses) {
            Matcher matcher = ADDRESS.matcher(raw);
            int port = -1;
            if (matcher.matches()) {
                port = matcher.group(2) == null ? defaultPort : Integer.parseInt(matcher.group(2));
            }
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException(
                        scheme + ": '" + raw + "' is not an address of the form host:port with a port from 1 to 65535");
            }
            Address address = new Address(matcher.group(1), port);
            if (addresses.contains(address)) {
                throw new IllegalArgumentException(scheme + ": address " + address + " is given twice");
            }
            addresses.add(address);
        }
        return List.copyOf(addresses);
    }

    public Optional<String> string(String name) {
        known.add(name);
        return Optional.ofNullable(options.get(name));
    }

    public String string(String name, String defaultValue) {
        return string(name).orElse(defaultValue);
    }

    /** Reads {@code true} or {@code false}. */
    public boolean flag(String name, boolean defaultValue) {
        return string(name)
                .map(value -> switch (value) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw refused(name, value, "true or false");
                })
                .orElse(defaultValue);
    }

    /** Reads a whole number from {@code min} to {@code max}. */
    public int integer(String name, int defaultValue, int min, int max) {
        return string(name)
                .map(value -> {
                    String allowed = "a whole number from " + min + " to " + max;
                    try {
                        int number = Integer.parseInt(value);
                        if (number >= min && number <= max) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        throw refused(name, value, allowed);
                    }
                    throw refused(name, value, allowed);
                })
                .orElse(defaultValue);
    }

    /** Reads a duration such as {@code 250ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 1d} or ISO-8601's {@code PT10S}, from {@code min} to {@code max}. */
    public Duration duration(String name, Duration defaultValue, Duration min, Duration max) {
        return string(name)
                .map(value -> {
                    Duration duration = parseDuration(value).orElse(null);
                    if (duration == null || duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
                        throw refused(
                                name,
                                value,
                                "a duration from " + min + " to " + max + ", written like 250ms, 10s or PT10S");
                    }
                    return duration;
                })
                .orElse(defaultValue);
    }

    private static Optional<Duration> parseDuration(String text) {
        try {
            Matcher matcher = SHORT_DURATION.matcher(text);
            if (!matcher.matches()) {
                return Optional.of(Duration.parse(text));
            }
            long amount = Long.parseLong(matcher.group(1));
            return Optional.of(
                    switch (matcher.group(2)) {
                        case "ms" -> Duration.ofMillis(amount);
                        case "s" -> Duration.ofSeconds(amount);
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        default -> Duration.ofDays(amount);
                    });
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Reads one of an enum's names, in lower case with hyphens for underscores. */
    public <E extends Enum<E>> E choice(String name, E defaultValue) {
        Class<E> type = defaultValue.getDeclaringClass();
        return string(name)
                .map(value -> Arrays.stream(type.getEnumConstants())
                        .filter(constant -> spelled(constant).equals(value))
                        .findFirst()
                        .orElseThrow(() -> refused(
                                name,
                                value,
                                "one of "
                                        + Arrays.stream(type.getEnumConstants())
                                                .map(BackendConfig::spelled)
                                                .collect(Collectors.joining(", ")))))
                .orElse(defaultValue);
    }

    private static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @throws IllegalArgumentException if an option was given that nobody has read, listing those that were
     */
    public void rejectUnknownOptions() {
        Set<String> unknown = new TreeSet<>(options.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(scheme + ": unknown option '" + String.join("', '", unknown)
                    + "'; known are " + (known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known))));
        }
    }

    /** The exception for an option whose value cannot be used. */
    public IllegalArgumentException refused(String name, String value, String allowed) {
        String shown = name.toLowerCase(Locale.ROOT).contains("password") ? "***" : value;
        return new IllegalArgumentException(
                scheme + ": option '" + name + "' is '" + shown + "'; allowed is " + allowed);
    }
}

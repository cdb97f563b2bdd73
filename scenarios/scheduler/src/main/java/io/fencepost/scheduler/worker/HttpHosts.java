package io.fencepost.scheduler.worker;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which hosts HTTP jobs may call. Who submits jobs chooses their URIs, and the worker may reach what they cannot.
 *
 * <p>Immutable.
 */
public final class HttpHosts {
    /**
     * All but those that have a link-local address, 169.254.0.0/16 or fe80::/10: there clouds tell a machine its own credentials.
     *
     * <p>A name is looked up right before its call, which looks it up again and is answered from the JVM's cache, normally the same; where a call goes through a proxy, the proxy's own look-up counts.
     */
    public static final HttpHosts BUT_LINK_LOCAL = new HttpHosts(List.of());

    private static final Pattern FORM = Pattern.compile(
            "(?<host>\\[[0-9A-Fa-f:.]+]|(\\*\\.)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)(:(?<port>\\d{1,5}))?");

    private static final int MOST_PORT = 65_535;
    /** An IPv6 address may carry an IPv4 address in its last bytes; that of a translator (RFC 6052), and the older form of all zeros. */
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final byte[] COMPATIBLE = new byte[12];

    private final List<Allowed> allowed;

    /** @param port none: any */
    private record Allowed(String host, Optional<Integer> port) {
        boolean matches(String calledHost, int calledPort) {
            boolean named = host.startsWith("*.") ? calledHost.endsWith(host.substring(1)) : calledHost.equals(host);
            return named && port.map(own -> own == calledPort).orElse(true);
        }

        @Override
        public String toString() {
            return host + port.map(number -> ":" + number).orElse("");
        }
    }

    private HttpHosts(List<Allowed> allowed) {
        this.allowed = allowed;
    }

    /**
     * Those and no others, whatever their addresses.
     *
     * @param patterns at least one: a name or address as it stands in URIs, or {@code *.} and what names end with; with {@code :} and a port, or for any port. IPv6 in brackets
     * @throws IllegalArgumentException if one of them is none; the message names it
     */
    public static HttpHosts only(List<String> patterns) {
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException("a list of allowed hosts names one at least");
        }
        return new HttpHosts(patterns.stream().map(HttpHosts::parsed).toList());
    }

    private static Allowed parsed(String pattern) {
        Matcher matcher = FORM.matcher(pattern);
        if (matcher.matches()) {
            Optional<Integer> port = Optional.ofNullable(matcher.group("port")).map(Integer::valueOf);
            if (port.filter(number -> number < 1 || number > MOST_PORT).isEmpty()) {
                return new Allowed(matcher.group("host").toLowerCase(Locale.ROOT), port);
            }
        }
        throw new IllegalArgumentException("'" + pattern
                + "' is no host; allowed are forms like api.example.com, *.example.com, 10.0.0.7:8080, [::1]:8080, with ports 1 to "
                + MOST_PORT);
    }

    /**
     * Why the call is not allowed; empty if it is. May look up the host's name, for as long as that takes.
     *
     * @param uri absolute, with a host, {@code http} or {@code https}
     */
    Optional<String> refusal(URI uri) {
        String host = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
        if (!allowed.isEmpty()) {
            return allowed.stream().anyMatch(each -> each.matches(host, port))
                    ? Optional.empty()
                    : Optional.of("this worker may not call '" + host + ":" + port
                            + "'; its option --http-hosts allows " + this);
        }
        return addresses(uri.getHost())
                .filter(HttpHosts::isLinkLocal)
                .findFirst()
                .map(address -> "this worker may not call '" + host + "', which is at the link-local address "
                        + address.getHostAddress() + ", unless its option --http-hosts names it");
    }

    /** None for a name that is not known here: its call fails, or is a proxy's. */
    private static Stream<InetAddress> addresses(String host) {
        try {
            return Stream.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return Stream.empty();
        }
    }

    static boolean isLinkLocal(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address.isLinkLocalAddress()) {
            return true;
        }
        return bytes.length == 16
                && (startsWith(bytes, TRANSLATED) || startsWith(bytes, COMPATIBLE))
                && (bytes[12] & 0xff) == 169
                && (bytes[13] & 0xff) == 254;
    }

    private static boolean startsWith(byte[] bytes, byte[] beginning) {
        return Arrays.equals(bytes, 0, beginning.length, beginning, 0, beginning.length);
    }

    @Override
    public String toString() {
        return allowed.isEmpty()
                ? "all hosts but link-local ones"
                : allowed.stream().map(Allowed::toString).collect(Collectors.joining(", "));
    }
}

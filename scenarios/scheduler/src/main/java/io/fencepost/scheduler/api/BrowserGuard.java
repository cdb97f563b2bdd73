package io.fencepost.scheduler.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of others from using the browser of somebody who may do everything here.
 *
 * <p>A page may have the name that it came from point to this server (DNS rebinding), and then ask as if it came from here: where no token stops it, its {@code Host} does. That is a name always, since a
 * page that came from an address keeps to it: so addresses are not refused, but for those of other hosts where only this host gets here. And browsers tell in {@code Origin} which site's page wants to
 * change something.
 */
final class BrowserGuard {
    private static final Set<String> SAFE = Set.of("GET", "HEAD");

    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";

    /** Of nothing else: what is not an address would be looked up, and its owner decides what it points to. */
    private static final Pattern ADDRESS = Pattern.compile(OCTET + "(\\." + OCTET + "){3}|\\[[0-9a-f:.]+]");

    private final boolean token;
    private final boolean local;
    private final Set<String> names;

    BrowserGuard(ApiOptions options) {
        token = options.token().isPresent();
        local = options.isLocal();
        names = options.hostNames().stream().map(BrowserGuard::lower).collect(Collectors.toSet());
        names.add("localhost");
        names.add(lower(options.host()));
    }

    /** @throws Problem 403 */
    void check(Request request) {
        String host = Request.getServerName(request);
        if (host == null || !serves(host)) {
            throw new Problem(
                    403,
                    "Forbidden host",
                    "without a token, requests name this server by localhost, by an address"
                            + (local ? " of the loopback" : "")
                            + " or by a name that it was started with (--host-name), not '"
                            + Fields.shortened(host == null ? "" : host) + "'");
        }
        String origin = request.getHeaders().get(HttpHeader.ORIGIN);
        // no other site's page knows the token, which is in a header; and a proxy before this server may have changed
        // the host
        if (!token && origin != null && !SAFE.contains(request.getMethod())) {
            refuseForeign(origin, request.getHeaders().get(HttpHeader.HOST));
        }
    }

    /** Whether it is served under this name or address, as it is in {@code Host}, without the port. */
    boolean serves(String host) {
        String name = lower(host);
        if (token || names.contains(name) || name.endsWith(".localhost")) {
            return true;
        }
        if (!ADDRESS.matcher(name).matches()) {
            return false;
        }
        try {
            InetAddress address = InetAddress.getByName(name);
            return !local || address.isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static void refuseForeign(String origin, @Nullable String host) {
        int name = origin.indexOf("://");
        if (name < 0 || !origin.substring(name + 3).equalsIgnoreCase(host)) {
            throw new Problem(
                    403,
                    "Forbidden origin",
                    "pages of other sites may not change anything here, unlike '" + Fields.shortened(origin) + "'");
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}

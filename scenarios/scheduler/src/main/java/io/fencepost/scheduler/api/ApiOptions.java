package io.fencepost.scheduler.api;

import io.fencepost.scheduler.job.JobSpec;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the API is served. Immutable.
 *
 * @param host name or address to listen on; default {@code 127.0.0.1}
 * @param port 0 to 65535; 0, the default, takes any that is free
 * @param token what clients must send as {@code Authorization: Bearer …}; default none. At least {@value #MIN_TOKEN_LENGTH} printable characters of ASCII without spaces
 * @param anonymous whether {@link ApiServer#start} may listen beyond this host without a token; default false
 * @param maxBodyBytes the longest body of a request, 1 KiB to 64 MiB; default 2 MiB
 * @param requestsPerSecond of one client address, on average, 1 to 1,000,000; as many at once after a pause; default 200
 * @param maxListeners how many may follow the events at the same time, 1 to 10,000; default 64
 * @param pollEvents how often the store is asked for new events while somebody follows them, 50 ms to 1 min; default 500 ms
 * @param heartbeat how often followers get a sign of life when nothing happens, 100 ms to 20 s; default 10 s
 * @param hostNames other names by which clients may ask for this server while there is no token, besides {@code localhost}, the host and addresses; each without a port. Default none. With a token any
 *     name will do
 */
public record ApiOptions(
        String host,
        int port,
        Optional<String> token,
        boolean anonymous,
        int maxBodyBytes,
        int requestsPerSecond,
        int maxListeners,
        Duration pollEvents,
        Duration heartbeat,
        Set<String> hostNames) {
    /** The shortest token. */
    public static final int MIN_TOKEN_LENGTH = 16;

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");

    /** On a free port of this host, without a token. */
    public static final ApiOptions DEFAULT = new ApiOptions(
            "127.0.0.1",
            0,
            Optional.empty(),
            false,
            2 * JobSpec.MAX_PAYLOAD_BYTES,
            200,
            64,
            Duration.ofMillis(500),
            Duration.ofSeconds(10),
            Set.of());

    /** @throws IllegalArgumentException if something is out of its range; the message names it and what is allowed */
    public ApiOptions {
        if (host.isBlank()) {
            throw new IllegalArgumentException("the host of the API is a name or an address, not '" + host + "'");
        }
        within("port", port, 0, 65_535);
        within("maxBodyBytes", maxBodyBytes, 1 << 10, 64 << 20);
        within("requestsPerSecond", requestsPerSecond, 1, 1_000_000);
        within("maxListeners", maxListeners, 1, 10_000);
        within("pollEvents", pollEvents, Duration.ofMillis(50), Duration.ofMinutes(1));
        within("heartbeat", heartbeat, Duration.ofMillis(100), Duration.ofSeconds(20));
        hostNames = Set.copyOf(hostNames);
        for (String name : hostNames) {
            if (!HOST_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        "a name of this server is letters, digits, '.', '_' and '-', without a port, not '" + name
                                + "'");
            }
        }
        if (token.isPresent()
                && (token.get().length() < MIN_TOKEN_LENGTH
                        || !token.get().chars().allMatch(c -> c > ' ' && c < 127))) {
            // the token itself is not repeated: messages end up in logs
            throw new IllegalArgumentException("a token has at least " + MIN_TOKEN_LENGTH
                    + " printable characters of ASCII without spaces, unlike the one given");
        }
    }

    public ApiOptions withHost(String newHost) {
        return new ApiOptions(
                newHost,
                port,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                heartbeat,
                hostNames);
    }

    public ApiOptions withPort(int newPort) {
        return new ApiOptions(
                host,
                newPort,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                heartbeat,
                hostNames);
    }

    public ApiOptions withToken(String newToken) {
        return new ApiOptions(
                host,
                port,
                Optional.of(newToken),
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                heartbeat,
                hostNames);
    }

    public ApiOptions withAnonymous(boolean allowed) {
        return new ApiOptions(
                host,
                port,
                token,
                allowed,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                heartbeat,
                hostNames);
    }

    public ApiOptions withMaxBodyBytes(int bytes) {
        return new ApiOptions(
                host, port, token, anonymous, bytes, requestsPerSecond, maxListeners, pollEvents, heartbeat, hostNames);
    }

    public ApiOptions withRequestsPerSecond(int requests) {
        return new ApiOptions(
                host, port, token, anonymous, maxBodyBytes, requests, maxListeners, pollEvents, heartbeat, hostNames);
    }

    public ApiOptions withMaxListeners(int listeners) {
        return new ApiOptions(
                host,
                port,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                listeners,
                pollEvents,
                heartbeat,
                hostNames);
    }

    public ApiOptions withPollEvents(Duration every) {
        return new ApiOptions(
                host,
                port,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                every,
                heartbeat,
                hostNames);
    }

    public ApiOptions withHeartbeat(Duration every) {
        return new ApiOptions(
                host,
                port,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                every,
                hostNames);
    }

    public ApiOptions withHostNames(Set<String> names) {
        return new ApiOptions(
                host,
                port,
                token,
                anonymous,
                maxBodyBytes,
                requestsPerSecond,
                maxListeners,
                pollEvents,
                heartbeat,
                names);
    }

    /** Whether only this host can reach the API; resolves the host's name. */
    boolean isLocal() {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (!address.isLoopbackAddress()) {
                    return false;
                }
            }
            return true;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "the host of the API is a name or an address of this machine, unlike '" + host + "'", e);
        }
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "ApiOptions[" + host + ":" + port + (token.isPresent() ? ", with a token" : ", without a token") + "]";
    }

    private static void within(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most + ", not " + value);
        }
    }

    private static void within(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " is " + least + " to " + most + ", not " + value);
        }
    }
}

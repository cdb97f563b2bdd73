package io.fencepost.lock.redlock;

import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The options of a client, checked; the README of this module has their table.
 *
 * @param addresses an odd number of them, 1 to 9
 * @param quorumTimeout how long an attempt waits for a quorum; at most {@code operationTimeout}
 * @param maxTtl the longest ttl that any client of these nodes uses, and so how long a node stays out that may have forgotten locks
 */
record Settings(
        List<Address> addresses,
        Optional<String> user,
        Optional<String> password,
        String holder,
        String keyPrefix,
        Duration operationTimeout,
        Duration quorumTimeout,
        Duration connectTimeout,
        Duration maxTtl,
        RestartPolicy restarts,
        TokenHint tokenHint,
        boolean tls,
        boolean verifyPeer) {
    private static final int DEFAULT_PORT = 6379;
    private static final int MAX_NODES = 9;
    private static final Duration MAX_TIMEOUT = Duration.ofMinutes(1);
    private static final int MAX_PREFIX = 128;

    /** @throws IllegalArgumentException naming what is wrong and what is allowed */
    static Settings of(BackendConfig config) {
        List<Address> addresses = config.addresses(DEFAULT_PORT);
        if (addresses.size() % 2 == 0 || addresses.size() > MAX_NODES) {
            throw new IllegalArgumentException(
                    config.scheme() + ": " + addresses.size()
                            + " nodes are given; allowed are 1, 3, 5, 7 or 9, because an even number survives no more failures than one node less");
        }
        if (!config.path().isEmpty()) {
            throw new IllegalArgumentException(config.scheme() + ": the URI ends in the path '/" + config.path()
                    + "'; allowed is none (use option keyPrefix to keep locks apart)");
        }
        Optional<String> user = eitherOf(config, "user", config.user());
        Optional<String> password = eitherOf(config, "password", config.password());
        if (user.isPresent() && password.isEmpty()) {
            throw new IllegalArgumentException(config.scheme() + ": a user is given without a password");
        }
        String keyPrefix = config.string("keyPrefix", "fencepost:");
        if (keyPrefix.isEmpty() || keyPrefix.length() > MAX_PREFIX) {
            throw config.refused("keyPrefix", keyPrefix, "1 to " + MAX_PREFIX + " characters");
        }
        Duration operationTimeout =
                config.duration("operationTimeout", Duration.ofSeconds(3), Duration.ofMillis(10), MAX_TIMEOUT);
        Duration usualQuorumTimeout = Duration.ofSeconds(1);
        Duration quorumTimeout = config.duration(
                "quorumTimeout",
                usualQuorumTimeout.compareTo(operationTimeout) < 0 ? usualQuorumTimeout : operationTimeout,
                Duration.ofMillis(10),
                operationTimeout);
        boolean tls = config.flag("tls", false);
        boolean verifyPeer = config.flag("verifyPeer", true);
        if (!tls && !verifyPeer) {
            throw config.refused("verifyPeer", "false", "true unless tls=true");
        }
        Settings settings = new Settings(
                addresses,
                user,
                password,
                config.holder(),
                keyPrefix,
                operationTimeout,
                quorumTimeout,
                config.duration("connectTimeout", Duration.ofSeconds(5), Duration.ofMillis(10), MAX_TIMEOUT),
                config.duration("maxTtl", Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofDays(1)),
                config.choice("restarts", RestartPolicy.ASK),
                config.choice("tokenHint", TokenHint.CLOCK),
                tls,
                verifyPeer);
        config.rejectUnknownOptions();
        return settings;
    }

    private static Optional<String> eitherOf(BackendConfig config, String option, Optional<String> fromUri) {
        Optional<String> fromOption = config.string(option);
        if (fromOption.isPresent() && fromUri.isPresent()) {
            throw new IllegalArgumentException(
                    config.scheme() + ": the " + option + " is given twice, in the URI and as an option");
        }
        return fromOption.or(() -> fromUri);
    }

    int quorum() {
        return addresses.size() / 2 + 1;
    }

    /** The keys that every script is called with. */
    String[] keys(String name) {
        return new String[] {keyPrefix + "lock:" + name, keyPrefix + "fence:" + name};
    }

    /** Where the release of a lock is published. */
    String channel(String name) {
        return keyPrefix + "released:" + name;
    }

    /** Where a node bears its {@link Marker}. */
    String markerKey() {
        return keyPrefix + "node";
    }

    /** What the keys of all fences match, in the notation of SCAN. */
    String fencePattern() {
        return keyPrefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0") + "fence:*";
    }
}

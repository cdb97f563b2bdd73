package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.addresstranslation.AddressTranslator;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where nodes are reached that announce themselves under other addresses: behind address translation, port forwarding or a proxy.
 *
 * <p>A client connects to the addresses of its URI and learns those of the other nodes from them; only what it learns is translated.
 *
 * @param reachedAt by announced address; numeric, as nodes announce themselves
 */
record AddressMap(Map<InetSocketAddress, Address> reachedAt) {
    private static final String OPTION = "addressMap";
    private static final String ALLOWED =
            "announced>reached, or several of them with commas, such as 10.0.0.1:9042>gateway:19042;"
                    + " announced is an IPv4 or [IPv6] address with a port, reached a host with a port";
    private static final String PORT = "(\\d{1,5})";
    private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern ENTRY = Pattern.compile("((?:" + BYTE + "\\.){3}" + BYTE + "|\\[[0-9a-fA-F:.]+]):"
            + PORT + ">(\\[[0-9a-fA-F:.]+]|[^:\\[\\]\\s>]+):" + PORT);
    private static final int HIGHEST_PORT = 65_535;

    AddressMap {
        reachedAt = Map.copyOf(reachedAt);
    }

    static AddressMap read(BackendConfig config) {
        Map<InetSocketAddress, Address> reachedAt = new LinkedHashMap<>();
        Optional<String> value = config.string(OPTION);
        if (value.isPresent()) {
            for (String entry : value.get().split(",", -1)) {
                Matcher matcher = ENTRY.matcher(entry);
                if (!matcher.matches()) {
                    throw config.refused(OPTION, entry, ALLOWED);
                }
                InetSocketAddress announced = new InetSocketAddress(
                        numeric(config, entry, matcher.group(1)), port(config, entry, matcher.group(2)));
                Address reached = new Address(matcher.group(3), port(config, entry, matcher.group(4)));
                if (reachedAt.containsValue(reached)) {
                    throw config.refused(OPTION, entry, "an address of its own for each node");
                }
                if (reachedAt.putIfAbsent(announced, reached) != null) {
                    throw config.refused(OPTION, entry, "one entry for each node");
                }
            }
        }
        return new AddressMap(reachedAt);
    }

    /** Asks no name service: the pattern lets only numbers through. */
    private static InetAddress numeric(BackendConfig config, String entry, String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw config.refused(OPTION, entry, ALLOWED);
        }
    }

    private static int port(BackendConfig config, String entry, String text) {
        int port = Integer.parseInt(text);
        if (port < 1 || port > HIGHEST_PORT) {
            throw config.refused(OPTION, entry, "a port from 1 to " + HIGHEST_PORT);
        }
        return port;
    }

    /**
     * What the driver asks for each address that it learned.
     *
     * @param resolve asks the name service, at once and once
     */
    AddressTranslator translator(Function<Address, InetSocketAddress> resolve) {
        Map<InetSocketAddress, InetSocketAddress> resolved = new LinkedHashMap<>();
        reachedAt.forEach((announced, reached) -> resolved.put(announced, resolve.apply(reached)));
        return new AddressTranslator() {
            @Override
            public InetSocketAddress translate(InetSocketAddress announced) {
                return resolved.getOrDefault(announced, announced);
            }

            @Override
            public void close() {}
        };
    }
}

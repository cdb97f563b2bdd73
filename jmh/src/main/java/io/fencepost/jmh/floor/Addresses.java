package io.fencepost.jmh.floor;

import java.net.InetSocketAddress;
import java.util.List;

/** Reads {@code host:port}. */
public final class Addresses {
    private Addresses() {}

    /** @throws IllegalArgumentException if one has no port */
    public static List<InetSocketAddress> parse(List<String> addresses) {
        return addresses.stream().map(Addresses::parse).toList();
    }

    private static InetSocketAddress parse(String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException("'" + address + "' is not of the form host:port");
        }
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }
}

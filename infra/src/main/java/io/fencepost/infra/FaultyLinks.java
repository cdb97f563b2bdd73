package io.fencepost.infra;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands between clients and servers: a listener on loopback for each server, whose connections can be disturbed. Needs no
 * rights and no server's help, and disturbs only the clients that connect through it, not the servers among themselves.
 *
 * <pre>{@code
 * try (FaultyLinks links = FaultyLinks.to(cluster.addresses())) {
 *     connect(links.addresses());
 *     links.holdAnswers();
 *     ... a request, until links.heldBytes() > 0: it was served
 *     links.drop();                        // its answer is lost
 *     links.links().get(0).freeze();       // one server, as behind a broken switch
 *     links.heal();
 * }
 * }</pre>
 *
 * <p>Clients that learn the addresses of the servers from the servers themselves (of Cassandra's drivers, the peers) go round
 * these links unless they translate what they learn.
 */
public final class FaultyLinks extends LinkFaults implements AutoCloseable {

    private static final int MAX_PORT = 65_535;

    private final LinkLoop loop;
    private final List<FaultyLink> links;

    private FaultyLinks(LinkLoop loop, List<FaultyLink> links) {
        this.loop = loop;
        this.links = links;
    }

    /**
     * Opens a link to each server. Nothing is connected yet, so the servers need not run.
     *
     * @param serverAddresses such as {@code 127.0.0.1:19042}, at least one: a numeric IPv4 address or a host name, and a port
     * @throws IllegalArgumentException if there is none or one is malformed or unknown, with the value
     * @throws IllegalStateException if no port can be bound
     */
    public static FaultyLinks to(List<String> serverAddresses) {
        if (serverAddresses.isEmpty()) {
            throw new IllegalArgumentException("no server address");
        }
        List<InetSocketAddress> parsed =
                serverAddresses.stream().map(FaultyLinks::parse).toList();
        LinkLoop loop = new LinkLoop();
        List<FaultyLink> links = new ArrayList<>();
        try {
            for (int i = 0; i < parsed.size(); i++) {
                links.add(new FaultyLink(loop, serverAddresses.get(i), parsed.get(i)));
            }
        } catch (IllegalStateException e) {
            loop.end(() -> links.forEach(FaultyLink::end));
            throw e;
        }
        return new FaultyLinks(loop, List.copyOf(links));
    }

    /** Where clients connect instead, in the order of the servers; the same until the end, also while cut. */
    public List<String> addresses() {
        return links.stream().map(FaultyLink::address).toList();
    }

    /** The links one by one, in the order of the servers. */
    public List<FaultyLink> links() {
        return links;
    }

    @Override
    public long heldBytes() {
        return loop.call(() -> links.stream().mapToLong(FaultyLink::heldNow).sum());
    }

    @Override
    public int connections() {
        return loop.call(
                () -> links.stream().mapToInt(FaultyLink::connectionsNow).sum());
    }

    @Override
    public long resets() {
        return loop.call(() -> links.stream().mapToLong(FaultyLink::resetsNow).sum());
    }

    /** Resets all connections, stops listening and ends the thread of these links. Idempotent; returns when that is done. */
    @Override
    public void close() {
        loop.end(() -> links.forEach(FaultyLink::end));
    }

    @Override
    public String toString() {
        return links.toString();
    }

    @Override
    void become(LinkMode mode, boolean reset) {
        loop.call(() -> {
            links.forEach(link -> link.switchTo(mode, reset));
            return mode;
        });
    }

    private static InetSocketAddress parse(String address) {
        int colon = address.indexOf(':');
        String host = address.substring(0, Math.max(colon, 0));
        String port = address.substring(colon + 1);
        if (host.isBlank() || !port.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("'" + address + "' is not host:port");
        }
        int number = Integer.parseInt(port);
        if (number < 1 || number > MAX_PORT) {
            throw new IllegalArgumentException("the port of '" + address + "' is not 1 to " + MAX_PORT);
        }
        InetSocketAddress resolved = new InetSocketAddress(host, number);
        if (resolved.isUnresolved()) {
            throw new IllegalArgumentException("the host of '" + address + "' is unknown");
        }
        return resolved;
    }
}

package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes and removes what the network of one cluster consists of: a namespace, a cable and a chain of rules for each node, a
 * bridge, and a route that refuses.
 *
 * <p>The refusing route leads to the same subnet as the bridge does, with a worse metric. Once the bridge is gone, clients that
 * still try to reach the nodes are refused here, instead of having their packets sent to the default route. It outlives the
 * cluster, until its owner has been gone for a while; a small shell of its own waits for that. A file in the cluster's folder tells
 * what there may be, for whoever has to clean up.
 *
 * <p>The warden makes and removes networks, so this uses nothing but the JDK and this package.
 */
final class Namespaces {

    /** Where the dropped packets of a node are counted, over all cuts. */
    static final String DROPPED = "FENCEPOST-DROPPED";

    private static final String MARK = "network";
    private static final String WHOLE = "whole";
    private static final String ROUTE_ONLY = "route";
    private static final String ROUTE_METRIC = "20000";
    private static final Path BRIDGED_PACKETS_ARE_FILTERED = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

    /** Long enough for clients that were told to end, or whose parent died, to be gone. */
    private static final int GRACE_SECONDS = 15;

    /** After this much the shell that waits is itself gone. */
    private static final Duration STALE = Duration.ofSeconds(4 * GRACE_SECONDS);

    private static final String KEEP_ROUTE = """
            trap '' INT HUP
            while kill -0 "$1" 2>/dev/null; do sleep 1; done
            sleep "$2"
            "$3" route del unreachable "$4" metric "$5" 2>/dev/null
            rm -f "$6"
            """;

    private final Path cluster;
    private final NetworkPlan plan;
    private final int nodes;
    private final NetworkTools tools;

    Namespaces(Path cluster, NetworkPlan plan, int nodes, NetworkTools tools) {
        this.cluster = cluster;
        this.plan = plan;
        this.nodes = nodes;
        this.tools = tools;
    }

    /** Those of a cluster, if it is one with own networks. */
    static Optional<Namespaces> of(Path cluster) {
        return ClusterFolder.plan(cluster)
                .flatMap(found -> found.network()
                        .map(network ->
                                new Namespaces(cluster, network, found.nodes().size(), NetworkTools.find())));
    }

    /**
     * Makes everything; on failure nothing of it stays.
     *
     * @throws IllegalStateException with the words of the program that failed
     */
    void create() {
        Disk.write(cluster.resolve(MARK), WHOLE);
        try {
            tools.ip("route", "add", "unreachable", plan.subnet(), "metric", ROUTE_METRIC);
            tools.ip("link", "add", plan.bridge(), "type", "bridge");
            tools.ip("addr", "add", plan.clientHost() + "/24", "dev", plan.bridge());
            tools.ip("link", "set", plan.bridge(), "up");
            if (bridgedPacketsAreFiltered()) {
                tools.iptables(forwarding("-I"));
            }
            for (int index = 0; index < nodes; index++) {
                createNode(index);
            }
        } catch (RuntimeException e) {
            removeAll();
            throw e;
        }
    }

    private void createNode(int index) {
        String namespace = plan.namespace(index);
        tools.ip("netns", "add", namespace);
        tools.ip("link", "add", plan.port(index), "type", "veth", "peer", "name", "eth0", "netns", namespace);
        tools.ip("link", "set", plan.port(index), "master", plan.bridge(), "up");
        tools.ip("-n", namespace, "addr", "add", plan.host(index) + "/24", "dev", "eth0");
        tools.ip("-n", namespace, "link", "set", "lo", "up");
        tools.ip("-n", namespace, "link", "set", "eth0", "up");
        tools.iptables(namespace, "-N", DROPPED);
        tools.iptables(namespace, "-A", DROPPED, "-j", "DROP");
    }

    /** Removes everything but the refusing route, which goes some seconds after the owner does. */
    void remove(ProcessIdentity owner) {
        removeLinks();
        if (isThere("/sys/class/net", plan.bridge())
                || IntStream.range(0, nodes)
                        .anyMatch(index -> isThere("/run/netns", plan.namespace(index))
                                || isThere("/sys/class/net", plan.port(index)))) {
            throw new IllegalStateException(
                    "parts of the network " + plan.id() + " of " + cluster + " cannot be removed");
        }
        if (Files.isDirectory(cluster)) {
            Disk.write(cluster.resolve(MARK), ROUTE_ONLY);
        }
        try {
            new ProcessBuilder(
                            "sh",
                            "-c",
                            KEEP_ROUTE,
                            "fencepost-route",
                            Long.toString(owner.pid()),
                            Integer.toString(GRACE_SECONDS),
                            tools.ip().toString(),
                            plan.subnet(),
                            ROUTE_METRIC,
                            cluster.resolve(MARK).toString())
                    .redirectInput(Platform.NULL_DEVICE)
                    .redirectOutput(Platform.NULL_DEVICE)
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for the clients of " + cluster, e);
        }
    }

    /** Removes everything at once: for a network that no client ever used, or whose clients are long gone. */
    void removeAll() {
        removeLinks();
        NetworkTools.attempt(() -> tools.ip("route", "del", "unreachable", plan.subnet(), "metric", ROUTE_METRIC));
        try {
            Files.deleteIfExists(cluster.resolve(MARK));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + cluster.resolve(MARK), e);
        }
    }

    /** Whether namespaces of this cluster may be there still. */
    static boolean areLeftIn(Path cluster) {
        return mark(cluster).filter(WHOLE::equals).isPresent();
    }

    /** Whether the route of this cluster may be there although the shell that was to remove it is gone. */
    static boolean aStaleRouteIsLeftIn(Path cluster) {
        Path mark = cluster.resolve(MARK);
        try {
            return mark(cluster).filter(ROUTE_ONLY::equals).isPresent()
                    && Files.getLastModifiedTime(mark)
                                    .compareTo(FileTime.from(Instant.now().minus(STALE)))
                            < 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void removeLinks() {
        // also where bridged packets are not filtered any more
        NetworkTools.attempt(() -> tools.iptables(forwarding("-D")));
        for (int index = 0; index < nodes; index++) {
            String namespace = plan.namespace(index);
            String port = plan.port(index);
            // the end of a namespace takes its cable along, but some time later
            NetworkTools.attempt(() -> tools.ip("link", "del", port));
            NetworkTools.attempt(() -> tools.ip("netns", "del", namespace));
        }
        NetworkTools.attempt(() -> tools.ip("link", "del", plan.bridge()));
    }

    private static boolean isThere(String folder, String name) {
        return Files.exists(Path.of(folder, name));
    }

    /** A container engine sends bridged packets through the machine's own rules, which refuse to forward. */
    private static boolean bridgedPacketsAreFiltered() {
        return Disk.read(BRIDGED_PACKETS_ARE_FILTERED)
                .filter(text -> text.trim().equals("1"))
                .isPresent();
    }

    private List<String> forwarding(String change) {
        return List.of(change, "FORWARD", "-i", plan.bridge(), "-o", plan.bridge(), "-j", "ACCEPT");
    }

    private static Optional<String> mark(Path cluster) {
        return Disk.read(cluster.resolve(MARK)).map(String::trim);
    }
}

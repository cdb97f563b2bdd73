package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether each node of a cluster can have a network of its own on this machine: {@link ClusterSpec#withOwnNetworks()},
 * {@link NodeNetwork}. It takes Linux, root, and the programs {@code ip} and {@code iptables}.
 */
public final class NodeNetworks {

    private NodeNetworks() {}

    /**
     * Why nodes cannot have networks of their own on this machine, such as {@code not root}; empty if they can. Makes a small
     * network, with a rule in it, and removes it again; blocks for some tenths of a second.
     */
    public static Optional<String> unavailable() {
        return attempt(List.of());
    }

    /**
     * Why packets cannot be delayed on this machine, such as a kernel without netem; empty if they can. It takes what
     * {@link #unavailable()} asks for, and {@code tc}. Found out as there, by trying.
     */
    public static Optional<String> netemUnavailable() {
        Optional<Path> tc = Platform.administration("tc");
        return tc.isEmpty()
                ? Optional.of("there is no program tc (package iproute2)")
                : attempt(List.of(tc.get().toString(), "qdisc", "add", "dev", "eth0", "root", "netem", "delay", "1ms"));
    }

    /** Makes a network of one node and runs a command in its namespace. */
    private static Optional<String> attempt(List<String> command) {
        Optional<String> reason = unfit(System.getProperty("os.name"), Disk.read(Path.of("/proc/self/status")));
        if (reason.isPresent()) {
            return reason;
        }
        try {
            Path folder = Files.createTempDirectory("fencepost-network");
            try {
                NetworkTools tools = NetworkTools.find();
                NetworkPlan plan = NetworkPlan.choose();
                Namespaces namespaces = new Namespaces(folder, plan, 1, tools);
                namespaces.create();
                try {
                    if (!command.isEmpty()) {
                        NetworkTools.run(tools.inside(plan.namespace(0), command));
                    }
                } finally {
                    namespaces.removeAll();
                }
                return Optional.empty();
            } catch (IllegalStateException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            } finally {
                Disk.deleteTree(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    /** What can be said without trying. */
    static Optional<String> unfit(String system, Optional<String> status) {
        if (!system.equals("Linux")) {
            return Optional.of("this is not Linux but " + system);
        }
        boolean root = status.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("Uid:"))
                .anyMatch(line -> line.trim().split("\\s+", -1)[2].equals("0"));
        return root ? Optional.empty() : Optional.of("not root");
    }
}

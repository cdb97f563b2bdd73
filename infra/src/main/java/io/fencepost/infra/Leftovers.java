package io.fencepost.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Ends servers whose owner is gone, by verified process identity. */
final class Leftovers {

    private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

    private Leftovers() {}

    /** Kills the processes of the nodes, and those they forked, and waits until they are gone. */
    static void kill(List<NodeFiles> nodes, Duration limit) {
        List<ProcessIdentity> doomed = new ArrayList<>();
        for (NodeFiles node : nodes) {
            node.slowDisk().filter(ProcessIdentity::isAlive).ifPresent(doomed::add);
            node.process().filter(ProcessIdentity::isAlive).ifPresent(server -> {
                doomed.add(server);
                ProcessHandle.of(server.pid()).stream()
                        .flatMap(ProcessHandle::descendants)
                        .flatMap(child -> ProcessIdentity.of(child.pid()).stream())
                        .forEach(doomed::add);
            });
        }
        doomed.forEach(ProcessIdentity::kill);
        if (!Waiting.until(limit, Waiting.STEP, () -> doomed.stream().noneMatch(ProcessIdentity::isAlive))) {
            throw new IllegalStateException("these processes do not end after SIGKILL: " + doomed);
        }
    }

    /** Ends every cluster below the work folder whose owner is gone and whose warden failed to; returns their folders. */
    static List<Path> sweep(Path clusters) {
        List<Path> swept = new ArrayList<>();
        for (Path cluster : Disk.children(clusters, "")) {
            boolean orphaned = ClusterFolder.owner(cluster)
                    .filter(owner -> !owner.isAlive())
                    .isPresent();
            List<NodeFiles> nodes = NodeFiles.all(cluster);
            boolean runs = nodes.stream()
                    .anyMatch(node ->
                            node.process().filter(ProcessIdentity::isAlive).isPresent());
            boolean connected = Namespaces.areLeftIn(cluster);
            if (!orphaned
                    || WardenClient.process(cluster)
                            .filter(ProcessIdentity::isAlive)
                            .isPresent()) {
                continue;
            }
            if (runs || connected) {
                kill(nodes, DEATH_LIMIT);
                nodes.forEach(node -> Disk.deleteTree(node.data()));
                removeNetwork(cluster);
                swept.add(cluster);
            } else if (Namespaces.aStaleRouteIsLeftIn(cluster)) {
                Namespaces.of(cluster).ifPresent(Namespaces::removeAll);
            }
        }
        return swept;
    }

    /** Removes the network of a cluster whose warden did not. */
    static void removeNetwork(Path cluster) {
        if (Namespaces.areLeftIn(cluster)) {
            ProcessIdentity owner = ClusterFolder.owner(cluster).orElseGet(ProcessIdentity::ofThisProcess);
            Namespaces.of(cluster).ifPresent(namespaces -> namespaces.remove(owner));
        }
    }
}

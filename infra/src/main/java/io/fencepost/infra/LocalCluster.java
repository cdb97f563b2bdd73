package io.fencepost.infra;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster of processes on this machine, started by this JVM or found running. */
final class LocalCluster implements Cluster {

    private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
    private static final Duration PROBE_STEP = Duration.ofMillis(100);

    private final Path folder;
    private final ClusterPlan plan;
    private final ServerType type;
    private final boolean ours;
    private final List<LocalNode> nodes;
    private final Optional<NodeNetwork> network;
    private volatile String version = "unknown";
    private volatile boolean closed;

    private LocalCluster(Checkout checkout, Path folder, ClusterPlan plan, ProcessIdentity owner) {
        this.folder = folder;
        this.plan = plan;
        this.type = ServerType.of(plan.spec().kind(), checkout);
        this.ours = owner.equals(ProcessIdentity.ofThisProcess());
        MovableClocks clocks = MovableClocks.of(checkout);
        this.nodes = IntStream.range(0, plan.nodes().size())
                .mapToObj(index -> new LocalNode(folder, plan, index, type, clocks))
                .toList();
        this.network = plan.network()
                .map(found -> new NamespaceNetwork(found, plan.nodes().size(), NetworkTools.find()));
    }

    /** Starts a new cluster in an empty folder. On failure nothing of it runs any more. */
    static LocalCluster start(Checkout checkout, Path folder, ClusterPlan plan, ProcessIdentity owner) {
        long begin = System.nanoTime();
        ClusterFolder.create(folder, owner, plan);
        LocalCluster cluster = new LocalCluster(checkout, folder, plan, owner);
        try {
            WardenClient.launch(folder, owner);
            cluster.nodes.forEach(node -> node.launch(false));
            cluster.awaitHealthy(plan.spec().kind().startLimit());
            cluster.version = cluster.nodes.get(0).version();
            ClusterFolder.markHealthy(folder, cluster.version);
        } catch (RuntimeException e) {
            try {
                WardenClient.stop(folder);
            } catch (RuntimeException stop) {
                e.addSuppressed(stop);
            }
            throw e;
        }
        LOG.info(
                "{} started in {} ms at {}; files in {}",
                cluster.describe(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis(),
                cluster.addresses(),
                folder);
        return cluster;
    }

    /** Takes a cluster that another JVM started, if it was healthy once and its warden still watches. */
    static Optional<LocalCluster> attach(Checkout checkout, Path folder, ProcessIdentity owner) {
        boolean owned = ClusterFolder.owner(folder).filter(owner::equals).isPresent();
        boolean watched =
                WardenClient.process(folder).filter(ProcessIdentity::isAlive).isPresent();
        if (!owned || !watched) {
            // not even read: the plan may be one of another version of this code
            return Optional.empty();
        }
        Optional<ClusterPlan> plan = ClusterFolder.plan(folder);
        Optional<String> version = ClusterFolder.version(folder);
        if (plan.isEmpty() || version.isEmpty()) {
            return Optional.empty();
        }
        LocalCluster cluster = new LocalCluster(checkout, folder, plan.get(), owner);
        cluster.version = version.get();
        return Optional.of(cluster);
    }

    @Override
    public String kind() {
        return plan.spec().kind().id();
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public ClusterSpec spec() {
        return plan.spec();
    }

    @Override
    public String describe() {
        return kind() + " " + version + ": " + plan.spec().describe() + "; " + type.flags(plan.spec());
    }

    @Override
    public List<ServerNode> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public List<String> addresses() {
        return plan.nodes().stream()
                .map(node -> node.host() + ":" + node.clientPort())
                .toList();
    }

    @Override
    public Optional<NodeNetwork> network() {
        return network;
    }

    @Override
    public Path directory() {
        return folder;
    }

    @Override
    public void awaitHealthy(Duration limit) {
        checkOpen();
        long begin = System.nanoTime();
        while (true) {
            Optional<LocalNode> ill = Optional.empty();
            String defect = "";
            for (LocalNode node : nodes) {
                Optional<String> found = node.defect();
                if (found.isPresent()) {
                    ill = Optional.of(node);
                    defect = found.get();
                    break;
                }
            }
            if (ill.isEmpty()) {
                return;
            }
            Optional<LocalNode> lost = nodes.stream()
                    .filter(node -> node.state() != NodeState.RUNNING)
                    .findFirst();
            if (lost.isPresent()) {
                throw lost.get()
                        .failure("not healthy, its process is " + lost.get().state());
            }
            if (System.nanoTime() - begin >= limit.toNanos()) {
                throw ill.get().failure("not healthy after " + limit + ", " + defect);
            }
            Waiting.pause(PROBE_STEP);
        }
    }

    @Override
    public void heal() {
        checkOpen();
        network.ifPresent(NodeNetwork::heal);
        nodes.forEach(LocalNode::healDisk);
        if (spec().movableClocks()) {
            nodes.forEach(node -> node.moveClock(Duration.ZERO));
        }
        for (LocalNode node : nodes) {
            switch (node.state()) {
                case PAUSED -> node.resume();
                case DEAD -> {
                    LOG.info("{} is dead and started again", node.id());
                    node.launch(false);
                }
                case RUNNING -> {}
            }
        }
        awaitHealthy(plan.spec().kind().startLimit());
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (ours) {
            WardenClient.stop(folder);
        }
    }

    @Override
    public String toString() {
        return describe() + " at " + addresses();
    }

    /** Whether this handle was not closed and the cluster is still watched over. */
    boolean isUsable() {
        return !closed
                && WardenClient.process(folder).filter(ProcessIdentity::isAlive).isPresent();
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this cluster is closed: " + folder);
        }
    }
}

package io.fencepost.infra;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts clusters of real servers on this machine and finds those of this build that run already.
 *
 * <p>The shared clusters belong to the Maven process of this build if one is among the ancestors of this JVM, else to this JVM;
 * whoever owns a cluster, it is gone within a second or so of its owner's end, whatever ended that. All methods block, up to
 * minutes on a crowded machine, and may be called by any thread. They need the class paths of the servers, which the profiles
 * {@code tck} and {@code compare} of the build resolve, and throw {@link IllegalStateException} with the command to run where
 * these are missing.
 */
public final class Clusters {

    private static final Logger LOG = LoggerFactory.getLogger(Clusters.class);
    private static final int TRIES = 3;
    private static final List<String> SIGNS_OF_A_TAKEN_PORT =
            List.of("Address already in use", "BindException", "is in use by another process");

    private static final Map<ClusterKind, LocalCluster> SHARED = new EnumMap<>(ClusterKind.class);
    private static final Map<ClusterKind, Object> MONITORS = monitors();

    private Clusters() {}

    /**
     * The three Cassandra nodes that this build shares, started on the first demand.
     *
     * @return a healthy cluster; whatever a test before did to it is healed when a JVM takes it for the first time
     * @throws IllegalStateException if it does not start, with the last lines of the log of the node that failed
     */
    public static Cluster cassandra() {
        return shared(ClusterKind.CASSANDRA);
    }

    /** The five independent Redis masters that this build shares; otherwise as {@link #cassandra()}. */
    public static Cluster redis() {
        return shared(ClusterKind.REDIS);
    }

    /** The ZooKeeper ensemble of three that this build shares; otherwise as {@link #cassandra()}. */
    public static Cluster zookeeper() {
        return shared(ClusterKind.ZOOKEEPER);
    }

    /** The shared cluster of this kind: {@link #cassandra()}, {@link #redis()} or {@link #zookeeper()}. */
    public static Cluster shared(ClusterKind kind) {
        synchronized (monitor(kind)) {
            Optional<LocalCluster> known = known(kind);
            if (known.filter(LocalCluster::isUsable).isPresent()) {
                return known.get();
            }
            LocalCluster cluster = attachOrStart(kind);
            remember(kind, cluster);
            return cluster;
        }
    }

    /**
     * Starts a cluster of one's own. It ends when it is closed, or with this JVM.
     *
     * @return a healthy cluster
     * @throws IllegalStateException if it does not start, with the last lines of the log of the node that failed; nothing of
     *     it runs then; also if it is to have movable clocks or own networks and {@link MovableClocks} or {@link NodeNetworks}
     *     gives a reason against that
     */
    public static Cluster start(ClusterSpec spec) {
        Checkout checkout = Checkout.find();
        sweep(checkout);
        return startNew(checkout, spec, ProcessIdentity.ofThisProcess());
    }

    private static LocalCluster attachOrStart(ClusterKind kind) {
        Checkout checkout = Checkout.find();
        ProcessIdentity owner = Owner.ofThisBuild();
        // another build in the same tree has another owner, hence other files: the two never meet
        Path folderOfShared = checkout.workFolder().resolve("shared");
        Disk.createFolders(folderOfShared);
        Path pointer = folderOfShared.resolve(kind.id() + "-" + owner.pid());
        Path lockFile = pointer.resolveSibling(pointer.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            LOG.debug("{} held: {}", lockFile, lock);
            Optional<Path> folder =
                    Disk.read(pointer).map(name -> clusters(checkout).resolve(name.trim()));
            Optional<LocalCluster> running = folder.flatMap(found -> LocalCluster.attach(checkout, found, owner));
            if (running.isPresent()) {
                running.get().heal();
                return running.get();
            }
            // the owner in the folder tells whether what is left there is of this build or of a reused process id
            folder.filter(found ->
                            ClusterFolder.owner(found).filter(owner::equals).isPresent())
                    .ifPresent(WardenClient::stop);
            sweep(checkout);
            LocalCluster started = startNew(checkout, ClusterSpec.of(kind), owner);
            Disk.writeAtomically(pointer, started.directory().getFileName() + "\n");
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + lockFile, e);
        }
    }

    private static LocalCluster startNew(Checkout checkout, ClusterSpec spec, ProcessIdentity owner) {
        Platform.check();
        ServerType type = ServerType.of(spec.kind(), checkout);
        if (spec.movableClocks()) {
            MovableClocks.of(checkout).unavailableIn(type.executable()).ifPresent(reason -> {
                throw new IllegalStateException("clocks cannot be moved here: " + reason);
            });
        }
        if (spec.ownNetworks()) {
            NodeNetworks.unavailable().ifPresent(reason -> {
                throw new IllegalStateException("nodes cannot have networks of their own here: " + reason);
            });
        }
        for (int attempt = 1; ; attempt++) {
            Path folder = newFolder(clusters(checkout), spec.kind().id() + "-" + owner.pid());
            String name = "fencepost-" + folder.getFileName() + "-"
                    + Integer.toHexString(ThreadLocalRandom.current().nextInt());
            Optional<NetworkPlan> network = spec.ownNetworks() ? Optional.of(NetworkPlan.choose()) : Optional.empty();
            ClusterPlan plan = new ClusterPlan(name, spec, type.place(spec, network), network);
            try {
                return LocalCluster.start(checkout, folder, plan, owner);
            } catch (IllegalStateException e) {
                if (attempt == TRIES || !portWasTaken(folder)) {
                    throw e;
                }
                LOG.warn("a port of {} was taken between the choice and the start, trying others", folder);
            }
        }
    }

    private static boolean portWasTaken(Path folder) {
        return NodeFiles.all(folder).stream()
                .map(node -> Disk.tail(node.log(), 200))
                .anyMatch(tail -> SIGNS_OF_A_TAKEN_PORT.stream().anyMatch(tail::contains));
    }

    private static Path newFolder(Path parent, String prefix) {
        Disk.createFolders(parent);
        int number = 1;
        while (true) {
            Path folder = parent.resolve(prefix + "-" + number);
            try {
                return Files.createDirectory(folder);
            } catch (FileAlreadyExistsException e) {
                number++;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot create " + folder, e);
            }
        }
    }

    private static void sweep(Checkout checkout) {
        for (Path swept : Leftovers.sweep(clusters(checkout))) {
            LOG.warn("killed the servers left in {} by an owner that is gone", swept);
        }
    }

    private static Path clusters(Checkout checkout) {
        return checkout.workFolder().resolve("clusters");
    }

    private static Optional<LocalCluster> known(ClusterKind kind) {
        synchronized (SHARED) {
            return Optional.ofNullable(SHARED.get(kind));
        }
    }

    private static void remember(ClusterKind kind, LocalCluster cluster) {
        synchronized (SHARED) {
            SHARED.put(kind, cluster);
        }
    }

    private static Object monitor(ClusterKind kind) {
        return Optional.ofNullable(MONITORS.get(kind)).orElseThrow();
    }

    private static Map<ClusterKind, Object> monitors() {
        Map<ClusterKind, Object> monitors = new EnumMap<>(ClusterKind.class);
        for (ClusterKind kind : ClusterKind.values()) {
            monitors.put(kind, new Object());
        }
        return monitors;
    }
}

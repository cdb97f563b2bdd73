package io.fencepost.tck.docker;

import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Network.Ipam;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** Containers on a network of their own, with their clients' ports on loopback. */
final class DockerCluster implements Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(DockerCluster.class);
    private static final String IMAGE_PROPERTY = "fencepost.docker.";

    /** For Cassandra on a machine that is busy with other tests. */
    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    private static final long STEP_MS = 100;

    private final ClusterSpec spec;
    private final ServerImage image;
    private final String imageName;
    private final Placement placement;
    private final Path folder;
    private final Network network;
    private final List<DockerNode> nodes = new ArrayList<>();
    private volatile String version = "unknown";
    private volatile boolean closed;

    private DockerCluster(ClusterSpec spec, ServerImage image, Path parent) {
        this.spec = spec;
        this.image = image;
        this.imageName = System.getProperty(IMAGE_PROPERTY + spec.kind().id(), image.defaultName());
        this.placement = Places.choose(spec.kind().id(), spec.nodes());
        this.folder = parent.resolve(placement.name()).toAbsolutePath();
        this.network = Network.builder()
                .createNetworkCmdModifier(command ->
                        command.withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(placement.subnet()))))
                .build();
    }

    /** Starts a new cluster. On failure nothing of it runs any more. */
    static DockerCluster start(ClusterSpec spec, ServerImage image, Path parent) {
        long begin = System.nanoTime();
        DockerCluster cluster = new DockerCluster(spec, image, parent);
        try {
            Files.createDirectories(cluster.folder);
            for (int index = 0; index < spec.nodes(); index++) {
                GenericContainer<?> container = cluster.container(index);
                DockerNode node = new DockerNode(container, image, cluster.placement, index, cluster.folder);
                cluster.nodes.add(node);
                container.start();
            }
            cluster.awaitHealthy(START_LIMIT);
            cluster.version = image.version(cluster.placement, 0);
        } catch (IOException e) {
            cluster.close();
            throw new UncheckedIOException("containers of " + spec.describe(), e);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        LOG.info(
                "{} started in {} ms at {}",
                cluster.describe(),
                Duration.ofNanos(System.nanoTime() - begin).toMillis(),
                cluster.addresses());
        return cluster;
    }

    private GenericContainer<?> container(int index) {
        ExposedPort inside = ExposedPort.tcp(image.clientPort(placement, index));
        Ports.Binding outside = Ports.Binding.bindIpAndPort(
                Placement.LOOPBACK, placement.ports().get(index));
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(imageName))
                .withNetwork(network)
                .withEnv(image.environment(placement, index))
                .withCreateContainerCmdModifier(command -> {
                    HostConfig host = Objects.requireNonNull(command.getHostConfig(), "host configuration");
                    host.withPortBindings(new PortBinding(outside, inside));
                    command.withExposedPorts(inside)
                            .withIpv4Address(placement.hosts().get(index));
                })
                .waitingFor(new AbstractWaitStrategy() {
                    /** Health is a matter of all of them together. */
                    @Override
                    protected void waitUntilReady() {}
                });
        if (image.command().length > 0) {
            container.withCommand(image.command());
        }
        image.files(placement, index)
                .forEach((path, content) -> container.withCopyToContainer(Transferable.of(content), path));
        return container;
    }

    @Override
    public String kind() {
        return spec.kind().id();
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public ClusterSpec spec() {
        return spec;
    }

    @Override
    public String describe() {
        return kind() + " " + version + ": " + spec.describe() + "; containers of " + imageName;
    }

    @Override
    public List<ServerNode> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public List<String> addresses() {
        return placement.ports().stream()
                .map(port -> Placement.LOOPBACK + ":" + port)
                .toList();
    }

    @Override
    public Optional<String> clocksUnmovable() {
        return Optional.of("containers have the clock of their machine");
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
            for (DockerNode node : nodes) {
                if (node.state() != NodeState.RUNNING) {
                    throw node.failure("not healthy, it is " + node.state());
                }
            }
            Optional<Ill> ill = nodes.stream()
                    .flatMap(node -> node.defect().map(what -> new Ill(node, what)).stream())
                    .findFirst();
            if (ill.isEmpty()) {
                return;
            }
            if (System.nanoTime() - begin >= limit.toNanos()) {
                throw ill.get()
                        .node()
                        .failure("not healthy after " + limit + ", " + ill.get().what());
            }
            pause();
        }
    }

    private record Ill(DockerNode node, String what) {}

    @Override
    public void heal() {
        checkOpen();
        for (DockerNode node : nodes) {
            switch (node.state()) {
                case PAUSED -> node.resume();
                case DEAD -> node.launch();
                case RUNNING -> {}
            }
        }
        awaitHealthy(START_LIMIT);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        nodes.forEach(DockerNode::remove);
        network.close();
    }

    @Override
    public String toString() {
        return describe() + " at " + addresses();
    }

    static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(STEP_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for containers", e);
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this cluster is closed: " + placement.name());
        }
    }
}

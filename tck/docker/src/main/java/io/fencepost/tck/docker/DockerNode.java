package io.fencepost.tck.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;

/** One server in a container. Its data stay in the container, or in the volume that the image declares, until it is removed. */
final class DockerNode implements ServerNode {
    private static final Logger LOG = LoggerFactory.getLogger(DockerNode.class);
    private static final Duration STATE_LIMIT = Duration.ofSeconds(20);
    private static final Duration ANSWER_LIMIT = Duration.ofMinutes(2);
    private static final int TAIL = 2_000;

    private final GenericContainer<?> container;
    private final ServerImage image;
    private final Placement placement;
    private final int index;
    private final Path log;

    DockerNode(GenericContainer<?> container, ServerImage image, Placement placement, int index, Path folder) {
        this.container = container;
        this.image = image;
        this.placement = placement;
        this.index = index;
        this.log = folder.resolve("node-" + (index + 1) + ".log");
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public String id() {
        return placement.name() + "-" + (index + 1);
    }

    @Override
    public InetSocketAddress address() {
        return placement.address(index);
    }

    /** {@inheritDoc} As the engine's machine counts. */
    @Override
    public long pid() {
        return Optional.ofNullable(inspect().getPidLong()).orElse(0L);
    }

    /** {@inheritDoc} Here: the engine, of the container. */
    @Override
    public NodeState state() {
        ContainerState state = inspect();
        if (Boolean.TRUE.equals(state.getPaused())) {
            return NodeState.PAUSED;
        }
        return Boolean.TRUE.equals(state.getRunning()) ? NodeState.RUNNING : NodeState.DEAD;
    }

    /** {@inheritDoc} Here: by the engine, which lets a paused container go on for the moment that it takes to die. */
    @Override
    public void kill() {
        if (state() == NodeState.DEAD) {
            return;
        }
        try {
            docker().killContainerCmd(container.getContainerId())
                    .withSignal("SIGKILL")
                    .exec();
        } catch (ConflictException e) {
            LOG.debug("{} died before it could be killed", id(), e);
        }
        await(NodeState.DEAD);
    }

    /** {@inheritDoc} Here: frozen by the engine, all processes of the container at once. */
    @Override
    public void pause() {
        switch (state()) {
            case PAUSED -> {
                return;
            }
            case DEAD -> throw failure("cannot be paused, it is dead");
            case RUNNING ->
                docker().pauseContainerCmd(container.getContainerId()).exec();
        }
        await(NodeState.PAUSED);
    }

    @Override
    public void resume() {
        switch (state()) {
            case RUNNING -> {
                return;
            }
            case DEAD -> throw failure("cannot go on, it is dead");
            case PAUSED ->
                docker().unpauseContainerCmd(container.getContainerId()).exec();
        }
        await(NodeState.RUNNING);
    }

    @Override
    public void restart() {
        kill();
        launch();
        if (!within(ANSWER_LIMIT, () -> version().isPresent())) {
            throw failure("does not answer within " + ANSWER_LIMIT + " of its start");
        }
    }

    /** Starts the container again, with what it has. */
    void launch() {
        docker().startContainerCmd(container.getContainerId()).exec();
        await(NodeState.RUNNING);
    }

    /** @throws IllegalStateException always: the data of a container go with it */
    @Override
    public void restartEmpty() {
        throw new IllegalStateException(id() + " cannot forget its data: these are part of its container");
    }

    /** @throws IllegalStateException always: containers have the clock of their machine */
    @Override
    public void moveClock(Duration offset) {
        throw new IllegalStateException("the cluster was started without movable clocks: " + id());
    }

    @Override
    public Duration clockOffset() {
        return Duration.ZERO;
    }

    /** {@inheritDoc} Here: as of now. */
    @Override
    public Path log() {
        try {
            return Files.writeString(log, container.getLogs());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + log, e);
        }
    }

    /** What it lacks to be well, an answer included. */
    Optional<String> defect() {
        try {
            return image.defect(placement, index);
        } catch (IOException e) {
            return Optional.of("no answer: " + e.getMessage());
        }
    }

    IllegalStateException failure(String what) {
        String printed = logs();
        return new IllegalStateException(
                id() + " " + what + "; it printed:\n" + printed.substring(Math.max(0, printed.length() - TAIL)));
    }

    /** Ends the container and removes it with its volumes; what it printed stays. Idempotent. */
    void remove() {
        if (container.getContainerId() == null) {
            return;
        }
        try {
            log();
            if (state() == NodeState.PAUSED) {
                resume();
            }
        } catch (RuntimeException e) {
            LOG.warn("{} before its removal", id(), e);
        }
        container.stop();
    }

    private Optional<String> version() {
        try {
            return Optional.of(image.version(placement, index));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private String logs() {
        try {
            return container.getLogs();
        } catch (RuntimeException e) {
            return "(nothing that can be read: " + e.getMessage() + ")";
        }
    }

    private void await(NodeState wanted) {
        if (!within(STATE_LIMIT, () -> state() == wanted)) {
            throw failure("is " + state() + " after " + STATE_LIMIT + ", not " + wanted);
        }
    }

    private static boolean within(Duration limit, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin >= limit.toNanos()) {
                return false;
            }
            DockerCluster.pause();
        }
        return true;
    }

    private ContainerState inspect() {
        try {
            return docker().inspectContainerCmd(container.getContainerId())
                    .exec()
                    .getState();
        } catch (NotFoundException e) {
            throw new IllegalStateException("the container of " + id() + " is gone", e);
        } catch (DockerException e) {
            throw new IllegalStateException("the engine does not tell of " + id(), e);
        }
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }
}

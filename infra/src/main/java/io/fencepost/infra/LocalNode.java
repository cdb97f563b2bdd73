package io.fencepost.infra;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node whose process the cluster's warden starts, and whose state is read from the operating system at each call. */
final class LocalNode implements ServerNode {

    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(20);
    private static final Duration PROBE_STEP = Duration.ofMillis(100);
    private static final int TAIL_LINES = 40;

    private final Path cluster;
    private final ClusterPlan plan;
    private final int index;
    private final ServerType type;
    private final MovableClocks clocks;
    private final NodeFiles files;

    LocalNode(Path cluster, ClusterPlan plan, int index, ServerType type, MovableClocks clocks) {
        this.cluster = cluster;
        this.plan = plan;
        this.index = index;
        this.type = type;
        this.clocks = clocks;
        this.files = NodeFiles.of(cluster, index);
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public String id() {
        return plan.spec().kind().id() + "-" + (index + 1);
    }

    @Override
    public InetSocketAddress address() {
        return plan.nodes().get(index).clientAddress();
    }

    @Override
    public long pid() {
        return process().pid();
    }

    @Override
    public NodeState state() {
        return files.process().map(ProcessIdentity::state).orElse(NodeState.DEAD);
    }

    @Override
    public void kill() {
        if (files.process().isPresent()) {
            ProcessIdentity process = process();
            process.kill();
            await("end after SIGKILL", () -> !process.isAlive());
            // a process counts as ended when its first thread is, but its sockets last until the others are too
            await("give up its port after SIGKILL", () -> portIsFree(process));
        }
    }

    private boolean hasMovableClock() {
        return plan.spec().movableClocks();
    }

    private boolean portIsFree(ProcessIdentity killed) {
        if (plan.network().isPresent()) {
            // its address cannot be tried from here
            return killed.hasNoThreads();
        }
        ClusterPlan.NodePlan node = plan.nodes().get(index);
        return Ports.isFree(node.host(), node.clientPort());
    }

    @Override
    public void pause() {
        ProcessIdentity process = alive();
        process.signal("STOP");
        await("stop after SIGSTOP", () -> process.state() != NodeState.RUNNING);
        if (process.state() == NodeState.DEAD) {
            throw new IllegalStateException(id() + " ended instead of stopping" + logTail());
        }
    }

    @Override
    public void resume() {
        ProcessIdentity process = alive();
        process.signal("CONT");
        await("go on after SIGCONT", () -> process.state() != NodeState.PAUSED);
    }

    @Override
    public void restart() {
        kill();
        launch(false);
        awaitAnswer();
    }

    @Override
    public void restartEmpty() {
        kill();
        Disk.deleteTree(files.data());
        launch(plan.nodes().size() > 1);
        awaitAnswer();
    }

    @Override
    public void moveClock(Duration offset) {
        if (!hasMovableClock()) {
            throw new IllegalStateException(
                    "the clock of " + id() + " cannot be moved: ask for it with ClusterSpec.withMovableClocks()");
        }
        files.clock().set(offset);
    }

    @Override
    public Duration clockOffset() {
        return hasMovableClock() ? files.clock().offset() : Duration.ZERO;
    }

    SlowDisk slowDisk(Duration delay) {
        return SlowDisk.begin(cluster, index, alive(), delay);
    }

    /** Ends the slowness of the disk, whoever began it. */
    void healDisk() {
        files.slowDisk().ifPresent(SlowDisk::end);
    }

    @Override
    public Path log() {
        return files.log();
    }

    @Override
    public String toString() {
        return id() + " at " + plan.nodes().get(index).host() + ":"
                + plan.nodes().get(index).clientPort() + " (" + state() + ")";
    }

    /** Starts the process; does not wait for an answer. */
    void launch(boolean replacing) {
        List<String> command = type.prepare(plan, index, files, replacing);
        List<String> placed = plan.network()
                .map(network -> NetworkTools.find().inside(network.namespace(index), command))
                .orElse(command);
        files.writeLaunch(placed, hasMovableClock() ? clocks.environment(files.clock()) : Map.of());
        WardenClient.start(cluster, index);
    }

    /** What is wrong with this node, if anything: its process, its answer, or what it sees of the others. */
    Optional<String> defect() {
        NodeState state = state();
        if (state != NodeState.RUNNING) {
            return Optional.of("its process is " + state);
        }
        try {
            return type.defect(plan, index);
        } catch (IOException e) {
            return Optional.of("it does not answer: " + e.getMessage());
        }
    }

    String version() {
        try {
            return type.version(plan, index);
        } catch (IOException e) {
            throw new IllegalStateException(id() + " does not give its version", e);
        }
    }

    IllegalStateException failure(String what) {
        return new IllegalStateException(this + ": " + what + logTail());
    }

    private void awaitAnswer() {
        Duration limit = plan.spec().kind().startLimit();
        boolean settled = Waiting.until(limit, PROBE_STEP, () -> state() == NodeState.DEAD || answers());
        if (state() == NodeState.DEAD) {
            throw failure("it ended while starting");
        }
        if (!settled) {
            throw failure("it did not answer within " + limit);
        }
    }

    private boolean answers() {
        try {
            type.version(plan, index);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private ProcessIdentity process() {
        return files.process().orElseThrow(() -> new IllegalStateException(id() + " was never started"));
    }

    private ProcessIdentity alive() {
        ProcessIdentity process = process();
        if (!process.isAlive()) {
            throw failure("its process " + process.pid() + " is gone");
        }
        return process;
    }

    private void await(String what, java.util.function.BooleanSupplier condition) {
        if (!Waiting.until(SIGNAL_LIMIT, Waiting.STEP, condition)) {
            throw new IllegalStateException(id() + " did not " + what + " within " + SIGNAL_LIMIT);
        }
    }

    private String logTail() {
        return "\nThe last lines of " + log() + ":\n" + Disk.tail(log(), TAIL_LINES);
    }
}

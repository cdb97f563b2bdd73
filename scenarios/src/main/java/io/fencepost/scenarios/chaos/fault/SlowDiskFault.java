package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.ServerNode;
import io.fencepost.infra.SlowDisk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Each sync to disk of some servers takes long: {@code slow-disk}. */
final class SlowDiskFault implements Fault {
    private final Lab lab;
    private final NodeChoice choice;
    private final Duration delay;
    private final List<SlowDisk> disks = new ArrayList<>();
    private List<ServerNode> nodes = List.of();

    SlowDiskFault(Lab lab, NodeChoice choice, Duration delay) {
        this.lab = lab;
        this.choice = choice;
        this.delay = delay;
    }

    @Override
    public void start() {
        nodes = choice.draw(lab);
        nodes.forEach(node -> disks.add(SlowDisk.of(node, delay)));
    }

    @Override
    public String target() {
        return NodeChoice.names(nodes);
    }

    @Override
    public String proof() throws UnprovedException {
        List<Long> delayed = disks.stream().map(SlowDisk::delayedCalls).toList();
        if (delayed.isEmpty() || delayed.contains(0L)) {
            throw new UnprovedException("delayed calls by server: " + delayed);
        }
        return "delayed calls by server: " + delayed;
    }

    @Override
    public String heal() {
        disks.forEach(SlowDisk::close);
        return "delayed calls by server: "
                + disks.stream().map(SlowDisk::delayedCalls).toList();
    }
}

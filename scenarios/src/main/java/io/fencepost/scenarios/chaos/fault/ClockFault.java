package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.ServerNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The wall clocks of servers jump: {@code clock}. Healing sets them back. */
final class ClockFault implements Fault {
    private static final Duration TOLERANCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    private final Lab lab;
    private final NodeChoice choice;
    private final Duration offset;
    private final Map<ServerNode, String> seen = new HashMap<>();
    private List<ServerNode> nodes = List.of();

    ClockFault(Lab lab, NodeChoice choice, Duration offset) {
        this.lab = lab;
        this.choice = choice;
        this.offset = offset;
    }

    @Override
    public void start() throws InterruptedException {
        nodes = choice.draw(lab);
        for (ServerNode node : nodes) {
            node.moveClock(offset);
        }
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (nodes.stream().anyMatch(node -> ServerTime.tells(node) && !seen.containsKey(node))
                && System.nanoTime() < deadline) {
            nodes.stream().filter(node -> !seen.containsKey(node)).forEach(this::look);
            Thread.sleep(LOOK.toMillis());
        }
    }

    /** Asks the server for the time. */
    private void look(ServerNode node) {
        Optional<Instant> time = ServerTime.of(node);
        if (time.isEmpty()) {
            return;
        }
        Duration ahead = Duration.between(Instant.now(), time.get());
        if (ahead.minus(offset).abs().compareTo(TOLERANCE) < 0) {
            seen.put(node, node.id() + " says " + time.get() + ", which is off by " + ahead.toMillis() + " ms");
        }
    }

    @Override
    public String target() {
        return NodeChoice.names(nodes);
    }

    @Override
    public String proof() throws UnprovedException {
        List<String> proofs = new ArrayList<>(seen.values());
        for (ServerNode node : nodes) {
            if (!seen.containsKey(node)) {
                // not every server tells the time: then what its preloaded library reads must do, which it cannot start
                // without
                if (ServerTime.tells(node) || !node.clockOffset().equals(offset)) {
                    throw new UnprovedException(node.id() + " did not say that its clock had jumped");
                }
                proofs.add(node.id() + " reads its clock with an offset of "
                        + node.clockOffset().toMillis() + " ms");
            }
        }
        return String.join("; ", proofs);
    }

    @Override
    public String heal() {
        nodes.forEach(node -> node.moveClock(Duration.ZERO));
        return "offsets: " + nodes.stream().map(ServerNode::clockOffset).toList();
    }
}

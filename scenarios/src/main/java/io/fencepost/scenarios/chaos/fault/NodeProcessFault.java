package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import java.util.List;
import java.util.stream.Collectors;

/** Something happens to the processes of servers: {@code kill-node}, {@code pause-node}, {@code forget}. */
final class NodeProcessFault implements Fault {
    /** What happens. */
    enum Deed {
        /** SIGKILL; started again with their data when healed. */
        KILL,
        /** SIGSTOP; SIGCONT when healed. */
        PAUSE,
        /** SIGKILL, and started again at once without their data. */
        FORGET
    }

    private final Lab lab;
    private final NodeChoice choice;
    private final Deed deed;
    private List<ServerNode> nodes = List.of();
    private List<Long> pids = List.of();
    private String seen = "";

    NodeProcessFault(Lab lab, NodeChoice choice, Deed deed) {
        this.lab = lab;
        this.choice = choice;
        this.deed = deed;
    }

    @Override
    public void start() {
        nodes = choice.draw(lab);
        pids = nodes.stream().map(ServerNode::pid).toList();
        switch (deed) {
            case KILL -> nodes.forEach(ServerNode::kill);
            case PAUSE ->
                nodes.stream().filter(node -> node.state() == NodeState.RUNNING).forEach(ServerNode::pause);
            case FORGET -> nodes.forEach(ServerNode::restartEmpty);
        }
        seen = states();
    }

    @Override
    public String target() {
        return NodeChoice.names(nodes);
    }

    @Override
    public String proof() throws UnprovedException {
        boolean proved = switch (deed) {
            case KILL -> nodes.stream().allMatch(node -> node.state() == NodeState.DEAD);
            case PAUSE -> nodes.stream().allMatch(node -> node.state() != NodeState.RUNNING);
            case FORGET -> nodes.stream().noneMatch(node -> pids.contains(node.pid()));
        };
        if (!proved || nodes.isEmpty()) {
            throw new UnprovedException("after the fault: " + seen + "; before it was undone: " + nodes);
        }
        return seen;
    }

    @Override
    public String heal() {
        for (ServerNode node : nodes) {
            switch (node.state()) {
                case DEAD -> node.restart();
                case PAUSED -> node.resume();
                case RUNNING -> {}
            }
        }
        return states();
    }

    private String states() {
        return nodes.stream()
                .map(node -> node.id() + " is " + node.state() + " as process " + node.pid())
                .collect(Collectors.joining(", "));
    }
}

package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** Which servers a fault hits. */
final class NodeChoice {
    static final String ARGUMENT = "nodes";

    private static final String ALLOWED =
            "one, minority, majority, all, leader, or numbers of servers from 0, separated by commas";

    private final String text;

    private NodeChoice(String text) {
        this.text = text;
    }

    static NodeChoice of(Arguments arguments) {
        return of(arguments, "one");
    }

    static NodeChoice of(Arguments arguments, String otherwise) {
        String text = arguments.text(ARGUMENT, otherwise);
        if (!List.of("one", "minority", "majority", "all", "leader").contains(text) && !text.matches("\\d(,\\d)*")) {
            throw arguments.wrong(ARGUMENT, text, ALLOWED);
        }
        return new NodeChoice(text);
    }

    /** Draws among the servers that run, as long as there are enough of them. */
    List<ServerNode> draw(Lab lab) {
        List<ServerNode> nodes = lab.nodes();
        int size = nodes.size();
        return switch (text) {
            case "one" -> some(nodes, 1, lab.random());
            case "minority" -> some(nodes, Math.max(1, (size - 1) / 2), lab.random());
            case "majority" -> some(nodes, size / 2 + 1, lab.random());
            case "all" -> nodes;
            case "leader" ->
                List.of(Leader.of(nodes)
                        .orElseGet(() -> some(nodes, 1, lab.random()).get(0)));
            default ->
                Arrays.stream(text.split(",", 0))
                        .map(Integer::valueOf)
                        .filter(index -> index < size)
                        .map(nodes::get)
                        .toList();
        };
    }

    private static List<ServerNode> some(List<ServerNode> nodes, int count, SplittableRandom random) {
        List<ServerNode> left = new ArrayList<>(
                nodes.stream().filter(node -> node.state() == NodeState.RUNNING).toList());
        if (left.size() < count) {
            left = new ArrayList<>(nodes);
        }
        while (left.size() > count) {
            left.remove(random.nextInt(left.size()));
        }
        return List.copyOf(left);
    }

    static String names(List<ServerNode> nodes) {
        return nodes.stream().map(ServerNode::id).collect(Collectors.joining(", "));
    }
}

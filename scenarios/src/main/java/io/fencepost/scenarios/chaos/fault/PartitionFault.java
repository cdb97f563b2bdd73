package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.ClientTraffic;
import io.fencepost.infra.LinkFaults;
import io.fencepost.infra.NodeNetwork;
import io.fencepost.infra.ServerNode;
import io.fencepost.scenarios.chaos.Crew;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The network falls apart: {@code partition}. Servers that lose each other do so by rules in their network namespaces; a worker that loses a server has its link to it frozen.
 * There are workers on every side.
 */
final class PartitionFault implements Fault {
    static final List<String> SHAPES = List.of("one", "halves", "ring", "one-way");

    private final Lab lab;
    private final String shape;
    private final List<LinkFaults> frozen = new ArrayList<>();
    private final StringJoiner target = new StringJoiner("; ");
    private long droppedBefore;
    private boolean peersCut;

    PartitionFault(Lab lab, String shape) {
        this.lab = lab;
        this.shape = shape;
    }

    private NodeNetwork network() {
        return lab.cluster()
                .network()
                .orElseThrow(() -> new IllegalStateException("the servers share the network of the machine"));
    }

    @Override
    public void start() {
        droppedBefore = network().droppedPackets();
        List<Integer> order = shuffled();
        switch (shape) {
            case "one" -> split(List.of(Set.of(order.get(0)), rest(order, 1)));
            case "halves" -> split(List.of(first(order, order.size() / 2), rest(order, order.size() / 2)));
            case "ring" -> ring(order);
            default -> oneWay(order.get(0));
        }
    }

    private List<Integer> shuffled() {
        List<Integer> order =
                new ArrayList<>(lab.nodes().stream().map(ServerNode::index).toList());
        Collections.shuffle(order, new Random(lab.random().nextLong()));
        return order;
    }

    private static Set<Integer> first(List<Integer> order, int count) {
        return new LinkedHashSet<>(order.subList(0, count));
    }

    private static Set<Integer> rest(List<Integer> order, int from) {
        return new LinkedHashSet<>(order.subList(from, order.size()));
    }

    /** Disjoint groups of servers, and workers in each of them. */
    private void split(List<Set<Integer>> groups) {
        network().partition(groups);
        peersCut = true;
        target.add("servers " + groups);
        for (Crew.Member member : lab.crew().members()) {
            // most workers are where most servers are: the first one, and every third after it, are not
            Set<Integer> sees = groups.get(member.index() % 3 == 0 ? 0 : 1);
            see(member, sees);
        }
    }

    /** Every server sees a majority, and no two see the same; so does every worker. */
    private void ring(List<Integer> order) {
        int size = order.size();
        for (int i = 0; i < size; i++) {
            Set<Integer> sees = arc(order, i);
            for (int other = 0; other < size; other++) {
                if (!sees.contains(order.get(other))) {
                    network().cut(order.get(other), order.get(i));
                }
            }
        }
        peersCut = true;
        target.add("every server hears a majority of its own, along " + order);
        for (Crew.Member member : lab.crew().members()) {
            see(member, arc(order, member.index() % size));
        }
    }

    private static Set<Integer> arc(List<Integer> order, int from) {
        Set<Integer> arc = new HashSet<>();
        for (int step = 0; step <= order.size() / 2; step++) {
            arc.add(order.get((from + step) % order.size()));
        }
        return arc;
    }

    /** One server hears the others, who do not hear it; nor do the workers. */
    private void oneWay(int mute) {
        for (ServerNode node : lab.nodes()) {
            if (node.index() != mute) {
                network().cut(mute, node.index());
            }
        }
        network().cutClients(mute, ClientTraffic.ANSWERS);
        peersCut = true;
        target.add("nothing that server " + mute + " sends arrives");
    }

    private void see(Crew.Member member, Set<Integer> servers) {
        for (ServerNode node : lab.nodes()) {
            if (!servers.contains(node.index())) {
                LinkFaults link = member.links().links().get(node.index());
                link.freeze();
                frozen.add(link);
            }
        }
        target.add(member.worker().name() + " sees " + servers);
    }

    @Override
    public String target() {
        return target.toString();
    }

    @Override
    public String proof() throws UnprovedException {
        long dropped = network().droppedPackets() - droppedBefore;
        long held = frozen.stream().mapToLong(LinkFaults::heldBytes).sum();
        boolean peersTalk = !lab.nodes().get(0).id().startsWith("redis");
        Optional<String> missing = peersTalk && peersCut && dropped == 0
                ? Optional.of("no packet between servers was dropped")
                : dropped == 0 && held == 0 ? Optional.of("nothing was dropped or held") : Optional.empty();
        if (missing.isPresent()) {
            throw new UnprovedException(missing.get());
        }
        return dropped + " packets dropped, " + held + " bytes held on " + frozen.size() + " frozen links";
    }

    @Override
    public String heal() {
        network().heal();
        frozen.forEach(LinkFaults::heal);
        return "no rule is left, all links pass";
    }
}

package io.fencepost.infra;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Cuts by rules inside the namespaces of the nodes; the machine's own rules are left alone. */
final class NamespaceNetwork implements NodeNetwork {

    private static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private final NetworkPlan plan;
    private final int nodes;
    private final NetworkTools tools;

    NamespaceNetwork(NetworkPlan plan, int nodes, NetworkTools tools) {
        this.plan = plan;
        this.nodes = nodes;
        this.tools = tools;
    }

    @Override
    public String subnet() {
        return plan.subnet();
    }

    @Override
    public String clientHost() {
        return plan.clientHost();
    }

    @Override
    public void cut(int from, int to) {
        check(from);
        check(to);
        if (from == to) {
            throw new IllegalArgumentException("node " + from + " cannot be cut from itself");
        }
        dropFrom(List.of(plan.host(from)), to);
    }

    @Override
    public void cutBoth(int one, int other) {
        cut(one, other);
        cut(other, one);
    }

    @Override
    public void partition(List<Set<Integer>> groups) {
        groups.forEach(group -> group.forEach(this::check));
        for (int to = 0; to < nodes; to++) {
            List<String> lost = new ArrayList<>();
            for (int from = 0; from < nodes; from++) {
                if (from != to && areApart(groups, from, to)) {
                    lost.add(plan.host(from));
                }
            }
            dropFrom(lost, to);
        }
    }

    /** Whether both are in groups, and in no common one. */
    static boolean areApart(List<Set<Integer>> groups, int one, int other) {
        return groups.stream().anyMatch(group -> group.contains(one))
                && groups.stream().anyMatch(group -> group.contains(other))
                && groups.stream().noneMatch(group -> group.contains(one) && group.contains(other));
    }

    @Override
    public void isolate(int node) {
        check(node);
        Set<Integer> others =
                IntStream.range(0, nodes).filter(other -> other != node).boxed().collect(Collectors.toSet());
        partition(List.of(Set.of(node), others));
    }

    @Override
    public void cutClients(int node) {
        cutClients(node, ClientTraffic.REQUESTS);
        cutClients(node, ClientTraffic.ANSWERS);
    }

    @Override
    public void cutClients(int node, ClientTraffic traffic) {
        check(node);
        switch (traffic) {
            case REQUESTS -> dropFrom(List.of(plan.clientHost()), node);
            // where they leave, because the machine that receives them has rules of its own, which are not ours to
            // change
            case ANSWERS ->
                tools.iptables(plan.namespace(node), "-A", "OUTPUT", "-d", plan.clientHost(), "-j", Namespaces.DROPPED);
        }
    }

    @Override
    public void delay(int node, Duration delay, Duration jitter, double lossPercent) {
        check(node);
        List<String> netem = netem(delay, jitter, lossPercent);
        NodeNetworks.netemUnavailable().ifPresent(reason -> {
            throw new IllegalStateException("packets cannot be delayed here: " + reason);
        });
        List<String> command = new ArrayList<>(List.of("tc", "qdisc", "replace", "dev", "eth0", "root"));
        command.addAll(netem);
        NetworkTools.run(tools.inside(plan.namespace(node), command));
    }

    /** The discipline in tc's words. */
    static List<String> netem(Duration delay, Duration jitter, double lossPercent) {
        if (delay.isNegative() || delay.compareTo(LONGEST_DELAY) > 0) {
            throw new IllegalArgumentException("delay = " + delay + ", must be PT0S to " + LONGEST_DELAY);
        }
        if (jitter.isNegative() || jitter.compareTo(delay) > 0) {
            throw new IllegalArgumentException("jitter = " + jitter + ", must be PT0S to the delay, " + delay);
        }
        if (!(lossPercent >= 0 && lossPercent <= 100)) {
            throw new IllegalArgumentException("lossPercent = " + lossPercent + ", must be 0 to 100");
        }
        return List.of(
                "netem",
                "delay",
                micros(delay),
                micros(jitter),
                "loss",
                String.format(Locale.ROOT, "%.3f%%", lossPercent));
    }

    private static String micros(Duration duration) {
        return duration.toNanos() / 1_000 + "us";
    }

    @Override
    public void heal() {
        for (int index = 0; index < nodes; index++) {
            String namespace = plan.namespace(index);
            tools.iptables(namespace, "-F", "INPUT");
            tools.iptables(namespace, "-F", "OUTPUT");
            if (isDelayed(namespace)) {
                NetworkTools.run(tools.inside(namespace, List.of("tc", "qdisc", "del", "dev", "eth0", "root")));
            }
        }
    }

    private boolean isDelayed(String namespace) {
        return tools.ip("-n", namespace, "link", "show", "dev", "eth0").contains("qdisc netem");
    }

    @Override
    public long droppedPackets() {
        long dropped = 0;
        for (int index = 0; index < nodes; index++) {
            dropped += packets(tools.iptables(plan.namespace(index), "-n", "-v", "-x", "-L", Namespaces.DROPPED));
        }
        return dropped;
    }

    /** The first number of each rule in a listing, below its two lines of headings. */
    static long packets(String listing) {
        return listing.lines()
                .skip(2)
                .map(String::trim)
                .filter(line -> !line.isEmpty())
                .mapToLong(line -> Long.parseLong(line.split("\\s+", -1)[0]))
                .sum();
    }

    private void dropFrom(List<String> hosts, int to) {
        if (!hosts.isEmpty()) {
            // one call for all: the program makes a rule of each
            tools.iptables(plan.namespace(to), "-A", "INPUT", "-s", String.join(",", hosts), "-j", Namespaces.DROPPED);
        }
    }

    private void check(int node) {
        if (node < 0 || node >= nodes) {
            throw new IllegalArgumentException("node " + node + ", must be 0 to " + (nodes - 1));
        }
    }
}

package io.fencepost.infra;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Runs clusters by hand: {@code up cassandra redis zookeeper}, until Ctrl-C. */
public final class ClusterMain {

    private static final String USAGE = """
            usage: up KIND... [--nodes=N] [--benchmark] [--unsafe] [--password=P]
                           [--movable-clocks] [--own-networks]
              KIND         cassandra, redis or zookeeper
              --nodes=N    another size than 3 (Cassandra, ZooKeeper) or 5 (Redis)
              --benchmark  the optimizing compiler and larger heaps
              --unsafe     servers that forget when killed
              --password=P clients must log in; for Cassandra only cassandra (of the user cassandra)
              --movable-clocks  the clocks of the nodes can be moved
              --own-networks    a network namespace a node, which can be cut; needs root
            Prints the addresses when the clusters are healthy, and stops them on Ctrl-C.""";

    private ClusterMain() {}

    /**
     * Starts the clusters named and stays until the JVM is told to end.
     *
     * @param arguments {@code up}, the kinds, options
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) throws InterruptedException {
        PrintStream out = System.out;
        if (List.of(arguments).contains("--help")) {
            out.println(USAGE);
            return;
        }
        List<ClusterSpec> specs;
        try {
            specs = parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        try {
            start(specs, out);
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            // what was started before ends with this JVM
            System.exit(1);
        }
        out.println("up; Ctrl-C stops everything");
        new CountDownLatch(1).await();
    }

    private static void start(List<ClusterSpec> specs, PrintStream out) {
        for (ClusterSpec spec : specs) {
            Cluster cluster = Clusters.start(spec);
            out.println(cluster.describe());
            out.println(cluster.kind() + " " + String.join(",", cluster.addresses()));
            cluster.nodes()
                    .forEach(node -> out.println("  " + node.id() + " pid " + node.pid() + " log " + node.log()));
        }
    }

    static List<ClusterSpec> parse(List<String> arguments) {
        if (arguments.isEmpty() || !arguments.get(0).equals("up")) {
            throw new IllegalArgumentException("the first word must be up");
        }
        List<String> words = arguments.subList(1, arguments.size());
        List<ClusterSpec> specs = new ArrayList<>();
        words.stream()
                .filter(word -> !word.startsWith("--"))
                .forEach(word -> specs.add(ClusterSpec.of(ClusterKind.of(word))));
        if (specs.isEmpty()) {
            throw new IllegalArgumentException("no kind of cluster named");
        }
        for (String word : words) {
            if (word.startsWith("--")) {
                specs.replaceAll(spec -> apply(word, spec));
            }
        }
        return List.copyOf(specs);
    }

    private static ClusterSpec apply(String option, ClusterSpec spec) {
        int split = option.indexOf('=');
        String name = split < 0 ? option : option.substring(0, split);
        String value = split < 0 ? "" : option.substring(split + 1);
        return switch (name) {
            case "--nodes" -> spec.withNodes(count(value));
            case "--benchmark" -> spec.withProfile(PerformanceProfile.BENCHMARK);
            case "--unsafe" -> spec.withDurability(Durability.UNSAFE);
            case "--password" -> spec.withPassword(value);
            case "--movable-clocks" -> spec.withMovableClocks();
            case "--own-networks" -> spec.withOwnNetworks();
            default -> throw new IllegalArgumentException("no option " + name);
        };
    }

    private static int count(String text) {
        if (!text.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("--nodes = " + text + ", must be a number");
        }
        return Integer.parseInt(text);
    }
}

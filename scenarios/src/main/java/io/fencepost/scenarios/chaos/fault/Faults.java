package io.fencepost.scenarios.chaos.fault;

import io.fencepost.infra.FaultyLink;
import io.fencepost.infra.LinkFaults;
import io.fencepost.scenarios.chaos.plan.FaultPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/** All kinds of faults by the names that scenarios call them. */
public final class Faults {
    /** When a fault begins, counted from the beginning of its step; understood by whoever starts it. */
    public static final String AFTER = "after";

    private static final String WHICH = "which";
    private static final String EVERY = "every";
    private static final Set<String> NODES = Set.of(NodeChoice.ARGUMENT, AFTER);

    private static final Map<String, Kind> KINDS = new TreeMap<>(Map.ofEntries(
            nodes("kill-node", NodeProcessFault.Deed.KILL),
            nodes("pause-node", NodeProcessFault.Deed.PAUSE),
            nodes("forget", NodeProcessFault.Deed.FORGET),
            kind("kill-worker", Set.of(WHICH, AFTER), arguments -> {
                var which = WorkerProcessFault.Which.of(arguments.choice(WHICH, List.of("holder", "any")));
                return lab -> new WorkerProcessFault(lab, which, true);
            }),
            kind("pause-worker", Set.of(WHICH, AFTER), arguments -> {
                var which = WorkerProcessFault.Which.of(arguments.choice(WHICH, WorkerProcessFault.Which.ALL));
                return lab -> new WorkerProcessFault(lab, which, false);
            }),
            kind("cut-worker", Set.of(WHICH, AFTER), arguments -> {
                arguments.choice(WHICH, List.of("holder"));
                return CutWorkerFault::new;
            }),
            kind("partition", Set.of("shape", AFTER), arguments -> {
                String shape = arguments.choice("shape", PartitionFault.SHAPES);
                return lab -> new PartitionFault(lab, shape);
            }),
            kind("clock", Set.of(NodeChoice.ARGUMENT, "offset", AFTER), arguments -> {
                NodeChoice nodes = NodeChoice.of(arguments);
                Duration offset = arguments.time("offset", "60s", true);
                return lab -> new ClockFault(lab, nodes, offset);
            }),
            kind("slow-disk", Set.of(NodeChoice.ARGUMENT, "delay", AFTER), arguments -> {
                NodeChoice nodes = NodeChoice.of(arguments);
                Duration delay = arguments.time("delay", "2s", false);
                return lab -> new SlowDiskFault(lab, nodes, delay);
            }),
            kind("delay", Set.of(NodeChoice.ARGUMENT, "requests", "answers", "jitter", AFTER), Faults::delay),
            links(
                    "freeze-links",
                    Set.of(NodeChoice.ARGUMENT, AFTER),
                    true,
                    (links, random) -> links.forEach(LinkFaults::freeze)),
            links(
                    "break-links",
                    Set.of(NodeChoice.ARGUMENT, EVERY, AFTER),
                    false,
                    (links, random) -> inUse(links, random).drop()),
            links(
                    "lose-replies",
                    Set.of(NodeChoice.ARGUMENT, EVERY, AFTER),
                    false,
                    (links, random) -> inUse(links, random).loseNextAnswer())));

    private record Kind(Set<String> arguments, Function<Arguments, Function<Lab, Fault>> reader) {}

    private Faults() {}

    /** The names of all kinds. */
    public static Set<String> names() {
        return KINDS.keySet();
    }

    /**
     * Checks a fault without a lab.
     *
     * @throws IllegalArgumentException if there is no such kind, or an argument is wrong, naming what is allowed
     */
    public static void check(FaultPlan plan) {
        reader(plan);
    }

    /**
     * A fault that has not begun.
     *
     * @throws IllegalArgumentException as {@link #check}
     */
    public static Fault of(FaultPlan plan, Lab lab) {
        return reader(plan).apply(lab);
    }

    /** How long after the beginning of its step a fault begins. */
    public static Duration after(FaultPlan plan) {
        return new Arguments(plan, plan.arguments().keySet()).time(AFTER, "0ms", false);
    }

    private static Function<Lab, Fault> reader(FaultPlan plan) {
        Kind kind = KINDS.get(plan.name());
        if (kind == null) {
            throw new IllegalArgumentException(
                    "'" + plan.name() + "' is no fault; there are " + String.join(", ", KINDS.keySet()));
        }
        after(plan);
        return kind.reader().apply(new Arguments(plan, kind.arguments()));
    }

    private static Map.Entry<String, Kind> kind(
            String name, Set<String> arguments, Function<Arguments, Function<Lab, Fault>> reader) {
        return Map.entry(name, new Kind(arguments, reader));
    }

    private static Map.Entry<String, Kind> nodes(String name, NodeProcessFault.Deed deed) {
        return kind(name, NODES, arguments -> {
            NodeChoice nodes = NodeChoice.of(arguments);
            return lab -> new NodeProcessFault(lab, nodes, deed);
        });
    }

    private static Map.Entry<String, Kind> links(String name, Set<String> allowed, boolean holds, LinkFault.Deed deed) {
        return kind(name, allowed, arguments -> {
            NodeChoice nodes = linksTo(arguments);
            Duration every = allowed.contains(EVERY) ? arguments.time(EVERY, "300ms", false) : Duration.ZERO;
            return lab -> new LinkFault(lab, nodes, deed, every, holds);
        });
    }

    private static Function<Lab, Fault> delay(Arguments arguments) {
        NodeChoice nodes = linksTo(arguments);
        Duration requests = arguments.time("requests", "100ms", false);
        Duration answers = arguments.time("answers", "100ms", false);
        double jitter = arguments.part("jitter");
        LinkFault.Deed deed = (links, random) -> links.forEach(
                link -> link.delay(jittered(requests, jitter, random), jittered(answers, jitter, random)));
        Duration every = jitter > 0 ? Duration.ofMillis(200) : Duration.ZERO;
        return lab -> new LinkFault(lab, nodes, deed, every, true);
    }

    /** A part of the delay is left to chance. */
    private static Duration jittered(Duration delay, double jitter, SplittableRandom random) {
        return Duration.ofNanos((long) (delay.toNanos() * (1 - jitter * random.nextDouble())));
    }

    private static NodeChoice linksTo(Arguments arguments) {
        return NodeChoice.of(arguments, "all");
    }

    /** A client may leave most of its links idle. */
    private static FaultyLink inUse(List<FaultyLink> links, SplittableRandom random) {
        List<FaultyLink> used =
                links.stream().filter(link -> link.connections() > 0).toList();
        List<FaultyLink> candidates = used.isEmpty() ? links : used;
        return candidates.get(random.nextInt(candidates.size()));
    }
}

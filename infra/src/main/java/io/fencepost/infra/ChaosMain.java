package io.fencepost.infra;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Breaks and heals running clusters of this checkout by hand: what the scripts in {@code infra/chaos} run. Ends with 0 when it was
 * done, 1 when it could not be, and 2 for a wrong command line.
 */
public final class ChaosMain {

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int WRONG = 2;

    private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);
    private static final String CLUSTER = "--cluster";
    private static final String NODE = "one NODE";
    private static final Pattern WORKER = Pattern.compile("([\\w$]+\\.)*(Chaos)?WorkerMain");

    private static final String COMMON = """
              NODE            its number from 1, or its name, such as redis-2
              --cluster=NAME  which one, by its folder in target/fencepost/clusters or the begin of that; needed where several run
            """;

    private static final Map<String, Command> COMMANDS = commands();

    private final Checkout checkout;
    private final PrintStream out;

    private ChaosMain(Checkout checkout, PrintStream out) {
        this.checkout = checkout;
        this.out = out;
    }

    /**
     * Runs one command and ends the JVM.
     *
     * @param arguments the command, its words and options; {@code --help} tells them
     */
    @SuppressWarnings("SystemOut")
    public static void main(String[] arguments) {
        System.exit(run(Checkout.find(), List.of(arguments), System.out, System.err));
    }

    /** Runs one command and gives its exit status. */
    static int run(Checkout checkout, List<String> arguments, PrintStream out, PrintStream err) {
        Optional<Command> command =
                arguments.stream().findFirst().flatMap(name -> Optional.ofNullable(COMMANDS.get(name)));
        if (command.isEmpty()) {
            err.println("the first word must be one of " + String.join(", ", COMMANDS.keySet()));
            return WRONG;
        }
        String usage = command.get().usage();
        List<String> rest = arguments.subList(1, arguments.size());
        if (rest.contains("--help")) {
            out.print(usage);
            return DONE;
        }
        try {
            ChaosArguments parsed = ChaosArguments.parse(rest, command.get().options());
            command.get().action().run(new ChaosMain(checkout, out), parsed);
            return DONE;
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            err.print(usage);
            return WRONG;
        } catch (IllegalStateException e) {
            err.println(e.getMessage());
            return FAILED;
        }
    }

    private static Map<String, Command> commands() {
        Map<String, Command> commands = new LinkedHashMap<>();
        commands.put(
                "kill-node", new Command("""
                usage: kill-node NODE [--restart | --restart-empty] [--cluster=NAME]
                Kills a node with SIGKILL. It stays dead until heal, or is started again at once:
                  --restart       with the data it has
                  --restart-empty without its data
                """, List.of("--restart", "--restart-empty", CLUSTER), ChaosMain::killNode));
        commands.put("pause-node", new Command("""
                usage: pause-node NODE [--resume] [--cluster=NAME]
                Stops a node with SIGSTOP; its connections stay open and nothing answers.
                  --resume        lets it go on instead
                """, List.of("--resume", CLUSTER), ChaosMain::pauseNode));
        commands.put(
                "partition",
                new Command("""
                usage: partition GROUP GROUP... [--cluster=NAME]
                       partition --isolate=NODE | --one-way=NODE:NODE | --clients=NODE [--cluster=NAME]
                Cuts nodes from each other until heal, in a cluster that was started with --own-networks; cuts add up.
                  GROUP           nodes with commas between, such as 1,2: groups lose each other, but for nodes they share
                  --isolate=NODE  from all other nodes; clients still reach it
                  --one-way=A:B   what A sends to B is lost, what B sends to A is not
                  --clients=NODE  from the clients on this machine; the nodes still reach it
                """, List.of("--isolate", "--one-way", "--clients", CLUSTER), ChaosMain::partition));
        commands.put(
                "latency", new Command("""
                usage: latency NODE --delay=TIME [--jitter=TIME] [--loss=PERCENT] [--cluster=NAME]
                Delays what a node sends until heal, in a cluster that was started with --own-networks, where the kernel has netem.
                  TIME            such as 100ms or 2s, up to 1m; the jitter no longer than the delay
                  --loss=PERCENT  0 to 100: how many packets are lost
                """, List.of("--delay", "--jitter", "--loss", CLUSTER), ChaosMain::latency));
        commands.put("slow-disk", new Command("""
                usage: slow-disk NODE --delay=TIME [--cluster=NAME]
                Delays every fsync of a node until heal, by strace.
                  TIME            such as 100ms or 2s, up to 1m
                """, List.of("--delay", CLUSTER), ChaosMain::slowDisk));
        commands.put("move-clock", new Command("""
                usage: move-clock NODE --offset=TIME [--cluster=NAME]
                Moves the wall clock of a node until heal, in a cluster that was started with --movable-clocks.
                  TIME            such as 120s, 2m or -90s; 0s sets it back
                """, List.of("--offset", CLUSTER), ChaosMain::moveClock));
        commands.put("kill-worker", new Command("""
                usage: kill-worker PID
                Kills a process that works for a scenario with SIGKILL, and no other: its main class is WorkerMain or ChaosWorkerMain.
                """, List.of(), ChaosMain::killWorker));
        commands.put("heal", new Command("""
                usage: heal [--cluster=NAME]
                Heals the network, disks and clocks of a cluster, resumes and restarts its nodes, and waits until it is healthy.
                """, List.of(CLUSTER), ChaosMain::heal));
        return commands;
    }

    private void killNode(ChaosArguments arguments) {
        LocalCluster cluster = cluster(arguments);
        ServerNode node = node(cluster, arguments.words(1, NODE).get(0));
        if (arguments.has("--restart") && arguments.has("--restart-empty")) {
            throw new IllegalArgumentException("--restart or --restart-empty, not both");
        }
        if (arguments.has("--restart")) {
            node.restart();
        } else if (arguments.has("--restart-empty")) {
            node.restartEmpty();
        } else {
            node.kill();
        }
        report(cluster, node + ", last process " + node.pid());
    }

    private void pauseNode(ChaosArguments arguments) {
        LocalCluster cluster = cluster(arguments);
        ServerNode node = node(cluster, arguments.words(1, NODE).get(0));
        if (arguments.has("--resume")) {
            node.resume();
        } else {
            node.pause();
        }
        report(cluster, node.toString());
    }

    private void partition(ChaosArguments arguments) {
        LocalCluster cluster = cluster(arguments);
        List<String> ways = List.of("--isolate", "--one-way", "--clients").stream()
                .filter(arguments::has)
                .toList();
        int groups = arguments.words().size();
        if (ways.size() + (groups > 0 ? 1 : 0) != 1 || groups == 1) {
            throw new IllegalArgumentException(
                    "two GROUPs or more expected, or one of --isolate, --one-way, --clients");
        }
        Optional<String> isolated = arguments.value("--isolate");
        Optional<String> oneWay = arguments.value("--one-way");
        Optional<String> clients = arguments.value("--clients");
        if (isolated.isPresent()) {
            int node = index(cluster, isolated.get());
            network(cluster).isolate(node);
        } else if (oneWay.isPresent()) {
            List<String> ends = List.of(oneWay.get().split(":", -1));
            if (ends.size() != 2) {
                throw new IllegalArgumentException("--one-way = " + oneWay.get() + ", must be NODE:NODE");
            }
            int from = index(cluster, ends.get(0));
            int to = index(cluster, ends.get(1));
            network(cluster).cut(from, to);
        } else if (clients.isPresent()) {
            int node = index(cluster, clients.get());
            network(cluster).cutClients(node);
        } else {
            List<Set<Integer>> parts = new ArrayList<>();
            for (String group : arguments.words()) {
                Set<Integer> part = new TreeSet<>();
                Arrays.stream(group.split(",", -1)).forEach(name -> part.add(index(cluster, name)));
                parts.add(part);
            }
            network(cluster).partition(parts);
        }
        report(cluster, "cut, " + network(cluster).droppedPackets() + " packets dropped so far; heal ends it");
    }

    private void latency(ChaosArguments arguments) {
        Duration delay = arguments.duration("--delay").orElseThrow(() -> missing("--delay=TIME"));
        Duration jitter = arguments.duration("--jitter").orElse(Duration.ZERO);
        double loss = arguments
                .value("--loss")
                .map(text -> ChaosArguments.number("--loss", text))
                .orElse(0.0);
        NamespaceNetwork.netem(delay, jitter, loss);
        List<String> words = arguments.words(1, NODE);
        NodeNetworks.netemUnavailable().ifPresent(reason -> {
            throw new IllegalStateException(
                    "packets cannot be delayed here: " + reason
                            + "\nThe links of clients can be delayed without it, by the fault proxy: FaultyLinks.delay, see infra/README.md");
        });
        LocalCluster cluster = cluster(arguments);
        ServerNode node = node(cluster, words.get(0));
        network(cluster).delay(node.index(), delay, jitter, loss);
        report(cluster, node.id() + " sends " + delay + " late; heal ends it");
    }

    private void slowDisk(ChaosArguments arguments) {
        Duration delay = arguments.duration("--delay").orElseThrow(() -> missing("--delay=TIME"));
        LocalCluster cluster = cluster(arguments);
        ServerNode node = node(cluster, arguments.words(1, NODE).get(0));
        SlowDisk.unavailable().ifPresent(reason -> {
            throw new IllegalStateException("disks cannot be made slow here: " + reason);
        });
        // it lasts beyond this process, under the warden
        SlowDisk.of(node, delay);
        report(cluster, node.id() + " waits " + delay + " for every fsync; heal ends it");
    }

    private void moveClock(ChaosArguments arguments) {
        Duration offset = arguments.duration("--offset").orElseThrow(() -> missing("--offset=TIME"));
        LocalCluster cluster = cluster(arguments);
        ServerNode node = node(cluster, arguments.words(1, NODE).get(0));
        node.moveClock(offset);
        report(cluster, "the clock of " + node.id() + " is " + offset + " from the real time; heal ends it");
    }

    private void killWorker(ChaosArguments arguments) {
        String word = arguments.words(1, "one PID").get(0);
        if (!word.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException("PID = " + word + ", must be the number of a process");
        }
        ProcessIdentity process = ProcessIdentity.of(Long.parseLong(word))
                .orElseThrow(() -> new IllegalStateException("there is no process " + word));
        if (!isWorker(commandLine(process))) {
            throw new IllegalStateException("process " + word
                    + " is no worker and is left alone: its main class is not WorkerMain or ChaosWorkerMain");
        }
        process.kill();
        if (!Waiting.until(DEATH_LIMIT, Waiting.STEP, () -> !process.isAlive())) {
            throw new IllegalStateException("worker " + word + " does not end after SIGKILL");
        }
        out.println("worker " + word + " is killed");
    }

    private void heal(ChaosArguments arguments) {
        arguments.words(0, "none");
        LocalCluster cluster = cluster(arguments);
        cluster.heal();
        report(cluster, "healthy");
    }

    /** Whether one word of a command line is the name of a worker's main class. */
    static boolean isWorker(List<String> commandLine) {
        return commandLine.stream().anyMatch(word -> WORKER.matcher(word).matches());
    }

    private static List<String> commandLine(ProcessIdentity process) {
        Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            return List.of(Files.readString(file, StandardCharsets.ISO_8859_1).split("\0", -1));
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the command line of process " + process.pid(), e);
        }
    }

    private LocalCluster cluster(ChaosArguments arguments) {
        List<LocalCluster> running = new ArrayList<>();
        for (Path folder : Disk.children(checkout.workFolder().resolve("clusters"), "")) {
            ClusterFolder.owner(folder)
                    .flatMap(owner -> LocalCluster.attach(checkout, folder, owner))
                    .ifPresent(running::add);
        }
        List<String> names = running.stream().map(ChaosMain::name).toList();
        if (running.isEmpty()) {
            throw new IllegalStateException(
                    "no cluster of this checkout runs; start one, such as: infra/chaos/up.sh redis");
        }
        List<LocalCluster> chosen =
                arguments.value(CLUSTER).map(wanted -> named(running, wanted)).orElse(running);
        if (chosen.size() != 1) {
            throw new IllegalArgumentException(
                    "which cluster? " + CLUSTER + " must name one of " + String.join(", ", names));
        }
        return chosen.get(0);
    }

    private static List<LocalCluster> named(List<LocalCluster> running, String wanted) {
        List<LocalCluster> exact =
                running.stream().filter(cluster -> name(cluster).equals(wanted)).toList();
        return exact.isEmpty()
                ? running.stream()
                        .filter(cluster -> name(cluster).startsWith(wanted))
                        .toList()
                : exact;
    }

    private static String name(Cluster cluster) {
        return String.valueOf(cluster.directory().getFileName());
    }

    private static ServerNode node(Cluster cluster, String name) {
        return cluster.nodes().get(index(cluster, name));
    }

    private static int index(Cluster cluster, String name) {
        for (ServerNode node : cluster.nodes()) {
            if (node.id().equals(name) || Integer.toString(node.index() + 1).equals(name)) {
                return node.index();
            }
        }
        throw new IllegalArgumentException("NODE = " + name + ", must be 1 to "
                + cluster.nodes().size() + ", or one of "
                + String.join(", ", cluster.nodes().stream().map(ServerNode::id).toList()));
    }

    private static NodeNetwork network(Cluster cluster) {
        return cluster.network()
                .orElseThrow(() -> new IllegalStateException("the nodes of " + name(cluster)
                        + " have no networks of their own: start it with --own-networks"));
    }

    private static IllegalArgumentException missing(String option) {
        return new IllegalArgumentException(option + " is missing");
    }

    private void report(Cluster cluster, String what) {
        out.println(name(cluster) + ": " + what);
    }

    /**
     * One command.
     *
     * @param about what it does with which words
     * @param options what it allows
     * @param action what it does
     */
    private record Command(String about, List<String> options, Action action) {

        String usage() {
            return options.contains(CLUSTER) ? about + COMMON : about;
        }
    }

    private interface Action {
        void run(ChaosMain chaos, ChaosArguments arguments);
    }
}

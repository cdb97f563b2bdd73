package io.fencepost.infra;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A ZooKeeper ensemble; a single server for a size of 1. */
final class ZooKeeperServer implements ServerType {

    private static final String HOST = "127.0.0.1";
    private static final int USUAL_CLIENT_PORT = 2181;
    private static final int USUAL_PEER_PORT = 2888;
    private static final int USUAL_ELECTION_PORT = 3888;
    private static final int PROBE_LIMIT_MS = 2_000;
    private static final String VERSION_LINE = "Zookeeper version: ";

    private final Checkout checkout;

    ZooKeeperServer(Checkout checkout) {
        this.checkout = checkout;
    }

    @Override
    public List<ClusterPlan.NodePlan> place(ClusterSpec spec, Optional<NetworkPlan> network) {
        if (network.isPresent()) {
            return IntStream.range(0, spec.nodes())
                    .mapToObj(index -> new ClusterPlan.NodePlan(
                            network.get().host(index), USUAL_CLIENT_PORT, USUAL_PEER_PORT, USUAL_ELECTION_PORT))
                    .toList();
        }
        List<Integer> ports = Ports.free(3 * spec.nodes(), List.of(HOST));
        List<ClusterPlan.NodePlan> nodes = new ArrayList<>();
        for (int i = 0; i < spec.nodes(); i++) {
            nodes.add(new ClusterPlan.NodePlan(HOST, ports.get(3 * i), ports.get(3 * i + 1), ports.get(3 * i + 2)));
        }
        return nodes;
    }

    @Override
    public List<String> prepare(ClusterPlan plan, int index, NodeFiles files, boolean replacing) {
        Disk.write(files.data().resolve("myid"), (index + 1) + "\n");
        List<String> lines = new ArrayList<>(List.of(
                "dataDir=" + files.data(),
                "clientPortAddress=" + plan.nodes().get(index).host(),
                "clientPort=" + plan.nodes().get(index).clientPort(),
                // short enough that dead sessions are noticed within a test, long enough for a crowded machine
                "tickTime=500",
                "initLimit=20",
                "syncLimit=10",
                "minSessionTimeout=1000",
                "maxSessionTimeout=60000",
                // all clients of a test come from one address
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=srvr,mntr,ruok,stat,conf,cons,wchs",
                "forceSync=" + (plan.spec().durability() == Durability.SAFE ? "yes" : "no")));
        if (plan.nodes().size() > 1) {
            for (int i = 0; i < plan.nodes().size(); i++) {
                ClusterPlan.NodePlan node = plan.nodes().get(i);
                lines.add("server." + (i + 1) + "=" + node.host() + ":" + node.peerPort() + ":" + node.electionPort());
            }
        }
        Path configuration = files.folder().resolve("zoo.cfg");
        Disk.write(configuration, String.join("\n", lines) + "\n");
        Disk.write(files.folder().resolve("logback.xml"), JvmServers.logback("WARN"));
        List<String> command = new ArrayList<>();
        command.add(executable().toString());
        command.addAll(heap(plan.spec().profile()));
        command.addAll(List.of(
                "-Dlogback.configurationFile=" + files.folder().resolve("logback.xml"),
                "-cp",
                checkout.serverClassPath(ClusterKind.ZOOKEEPER).stream()
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator)),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                configuration.toString()));
        return command;
    }

    @Override
    public Path executable() {
        return Platform.currentJava();
    }

    @Override
    public String version(ClusterPlan plan, int index) throws IOException {
        // without a quorum srvr says only that this instance does not serve, conf and ruok do not need one
        String answer = ask(plan, index, "srvr");
        return answer.lines()
                .filter(line -> line.startsWith(VERSION_LINE))
                .map(ZooKeeperServer::plainVersion)
                .findFirst()
                .orElse("unknown");
    }

    @Override
    public Optional<String> defect(ClusterPlan plan, int index) throws IOException {
        String state = ask(plan, index, "mntr");
        return defect(state, plan.nodes().size());
    }

    /** What the answer to {@code mntr} says is missing in an ensemble of this size. */
    static Optional<String> defect(String state, int size) {
        Optional<String> role = value(state, "zk_server_state");
        if (role.isEmpty()) {
            return Optional.of("it does not serve: " + state.lines().findFirst().orElse("nothing was answered"));
        }
        switch (role.get()) {
            case "standalone" -> {
                return size == 1 ? Optional.empty() : Optional.of("it stands alone");
            }
            case "follower" -> {
                return Optional.empty();
            }
            case "leader" -> {
                Optional<String> followers = value(state, "zk_synced_followers");
                return followers.equals(Optional.of(Integer.toString(size - 1)))
                        ? Optional.empty()
                        : Optional.of("it leads " + followers.orElse("no") + " synced followers of " + (size - 1));
            }
            default -> {
                return Optional.of("its role is " + role.get());
            }
        }
    }

    static String plainVersion(String line) {
        String full = line.substring(VERSION_LINE.length());
        return full.substring(0, Math.min(indexOrEnd(full, '-'), indexOrEnd(full, ',')));
    }

    @Override
    public String flags(ClusterSpec spec) {
        return String.join(" ", heap(spec.profile())) + ", forceSync="
                + (spec.durability() == Durability.SAFE ? "yes" : "no");
    }

    private static List<String> heap(PerformanceProfile profile) {
        return switch (profile) {
            case TEST -> List.of("-Xms32m", "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
            case BENCHMARK -> List.of("-Xms512m", "-Xmx512m", "-XX:+UseG1GC");
        };
    }

    private static int indexOrEnd(String text, char wanted) {
        int at = text.indexOf(wanted);
        return at < 0 ? text.length() : at;
    }

    private static Optional<String> value(String mntr, String key) {
        return mntr.lines()
                .filter(line -> line.startsWith(key + "\t"))
                .map(line -> line.substring(key.length() + 1).trim())
                .findFirst();
    }

    private static String ask(ClusterPlan plan, int index, String fourLetters) throws IOException {
        InetSocketAddress address = plan.nodes().get(index).clientAddress();
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PROBE_LIMIT_MS);
            socket.connect(address, PROBE_LIMIT_MS);
            socket.getOutputStream().write(fourLetters.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (answer.isEmpty()) {
                throw new IOException("no answer to " + fourLetters);
            }
            return answer;
        }
    }
}

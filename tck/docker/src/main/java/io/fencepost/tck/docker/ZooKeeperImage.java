package io.fencepost.tck.docker;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A ZooKeeper ensemble. */
final class ZooKeeperImage implements ServerImage {
    private static final int PORT = 2181;
    private static final String VERSION = "Zookeeper version: ";

    @Override
    public String defaultName() {
        return "zookeeper:3.9.5";
    }

    @Override
    public int clientPort(Placement placement, int index) {
        return PORT;
    }

    @Override
    public Map<String, String> environment(Placement placement, int index) {
        return Map.of(
                "ZOO_MY_ID", Integer.toString(index + 1),
                "ZOO_SERVERS", servers(placement),
                // short enough that dead sessions are noticed within a test, long enough for a crowded machine
                "ZOO_TICK_TIME", "500",
                "ZOO_INIT_LIMIT", "20",
                "ZOO_SYNC_LIMIT", "10",
                // all clients of a test come from one address
                "ZOO_MAX_CLIENT_CNXNS", "0",
                "ZOO_ADMINSERVER_ENABLED", "false",
                "ZOO_4LW_COMMANDS_WHITELIST", "srvr,mntr,ruok",
                "ZOO_CFG_EXTRA", "minSessionTimeout=1000 maxSessionTimeout=60000 forceSync=yes",
                "JVMFLAGS", "-Xmx128m");
    }

    private static String servers(Placement placement) {
        return IntStream.range(0, placement.size())
                .mapToObj(index ->
                        "server." + (index + 1) + "=" + placement.hosts().get(index) + ":2888:3888;" + PORT)
                .collect(Collectors.joining(" "));
    }

    @Override
    public String version(Placement placement, int index) throws IOException {
        // without a quorum it says only that it does not serve
        return Conversation.value(Conversation.ask(placement.address(index), "srvr"), VERSION)
                .map(line -> line.replaceFirst("[-,].*", ""))
                .orElse("unknown");
    }

    @Override
    public Optional<String> defect(Placement placement, int index) throws IOException {
        String state = Conversation.ask(placement.address(index), "mntr");
        String role = Conversation.value(state, "zk_server_state\t").orElse("not serving");
        return switch (role) {
            case "follower", "standalone" -> Optional.empty();
            case "leader" -> followers(state, placement.size() - 1);
            default -> Optional.of("it is " + role);
        };
    }

    private static Optional<String> followers(String state, int wanted) {
        double synced = Conversation.value(state, "zk_synced_followers\t")
                .map(Double::parseDouble)
                .orElse(0.0);
        return synced >= wanted
                ? Optional.empty()
                : Optional.of("it leads " + (int) synced + " synced followers of " + wanted);
    }
}

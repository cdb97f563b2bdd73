package io.fencepost.lock.zookeeper;

import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What servers say of themselves. */
final class Ensemble {
    private static final int LIMIT_MS = 5_000;
    private static final Pattern SENT = Pattern.compile("Sent: (\\d+)");

    private Ensemble() {}

    static boolean leads(ServerNode server) {
        return srvr(server).contains("Mode: leader");
    }

    static boolean follows(ServerNode server) {
        return srvr(server).contains("Mode: follower");
    }

    /** How many packets the servers have sent to clients: answers, and events of watches. */
    static long sent(Collection<ServerNode> servers) {
        return servers.stream()
                .map(Ensemble::srvr)
                .map(SENT::matcher)
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private static String srvr(ServerNode server) {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write("srvr".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}

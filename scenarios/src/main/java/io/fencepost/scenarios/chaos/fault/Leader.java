package io.fencepost.scenarios.chaos.fault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;

/** Finds the server that leads the others, where there is such a one: in a ZooKeeper ensemble. */
final class Leader {
    private static final int LIMIT_MS = 1_000;

    private Leader() {}

    static Optional<ServerNode> of(List<ServerNode> nodes) {
        if (!nodes.get(0).id().startsWith("zookeeper")) {
            return Optional.empty();
        }
        return nodes.stream().filter(Leader::leads).findFirst();
    }

    private static boolean leads(ServerNode node) {
        try (Socket socket = new Socket()) {
            socket.connect(node.address(), LIMIT_MS);
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write("srvr".getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII).contains("Mode: leader");
        } catch (IOException e) {
            // who does not answer does not lead
            return false;
        }
    }
}

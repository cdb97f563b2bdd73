package io.fencepost.lock.zookeeper;

import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** What servers say of themselves. */
final class Ensemble {
    private static final int LIMIT_MS = 5_000;

    private Ensemble() {}

    static boolean leads(ServerNode server) {
        return srvr(server).contains("Mode: leader");
    }

    static boolean follows(ServerNode server) {
        return srvr(server).contains("Mode: follower");
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

package io.fencepost.scenarios.chaos.fault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fencepost.infra.ServerNode;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What servers say the time is: those of Redis do, to anybody who asks in a line of text. */
final class ServerTime {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private ServerTime() {}

    /** Whether this kind of server tells the time. */
    static boolean tells(ServerNode node) {
        return node.id().startsWith("redis");
    }

    /** Asks; empty if it does not tell, or not now. */
    static Optional<Instant> of(ServerNode node) {
        return tells(node) ? ofRedis(node) : Optional.empty();
    }

    private static Optional<Instant> ofRedis(ServerNode node) {
        try (Socket socket = new Socket()) {
            socket.connect(node.address(), (int) LIMIT.toMillis());
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream().write("TIME\r\nQUIT\r\n".getBytes(US_ASCII));
            List<String> lines = new String(socket.getInputStream().readAllBytes(), US_ASCII)
                    .lines()
                    .toList();
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(lines.get(2)))
                    .plus(Long.parseLong(lines.get(4)), ChronoUnit.MICROS));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}

package io.fencepost.tck.docker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Asks a server that speaks in lines, and ends the connection after its answer. */
final class Conversation {
    private static final int LIMIT_MS = 2_000;

    private Conversation() {}

    /** @throws IOException if nothing is answered: the engine accepts connections for servers that do not listen */
    static String ask(InetSocketAddress address, String request) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MS);
            socket.connect(address, LIMIT_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (answer.isEmpty()) {
                throw new IOException("no answer from " + address);
            }
            return answer;
        }
    }

    /** The rest of the first line that begins so. */
    static Optional<String> value(String answer, String begin) {
        return answer.lines()
                .filter(line -> line.startsWith(begin))
                .map(line -> line.substring(begin.length()).trim())
                .findFirst();
    }
}

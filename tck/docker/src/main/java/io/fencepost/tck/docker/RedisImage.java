package io.fencepost.tck.docker;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Independent Redis masters that sync before they answer. */
final class RedisImage implements ServerImage {
    private static final int PORT = 6379;

    @Override
    public String defaultName() {
        return "redis:7.4.11";
    }

    @Override
    public int clientPort(Placement placement, int index) {
        return PORT;
    }

    @Override
    public Map<String, String> environment(Placement placement, int index) {
        return Map.of();
    }

    @Override
    public String[] command() {
        return new String[] {
            "redis-server",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
            "--maxmemory-policy",
            "noeviction",
            // nobody but this machine reaches the port, and through the engine's proxy it does not look like loopback
            "--protected-mode",
            "no"
        };
    }

    @Override
    public String version(Placement placement, int index) throws IOException {
        return value(info(placement, index), "redis_version")
                .orElseThrow(() -> new IOException("no redis_version in INFO"));
    }

    @Override
    public Optional<String> defect(Placement placement, int index) throws IOException {
        String info = info(placement, index);
        Optional<String> role = value(info, "role");
        if (!role.equals(Optional.of("master"))) {
            return Optional.of("its role is " + role.orElse("unknown") + ", not master");
        }
        return value(info, "loading").equals(Optional.of("0"))
                ? Optional.empty()
                : Optional.of("it is still loading its data");
    }

    private static String info(Placement placement, int index) throws IOException {
        return Conversation.ask(placement.address(index), "INFO\r\nQUIT\r\n");
    }

    private static Optional<String> value(String info, String key) {
        return Conversation.value(info, key + ":");
    }
}

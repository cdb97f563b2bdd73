package io.fencepost.lock.redlock;

import io.fencepost.infra.Clusters;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** URIs of servers, and a way to them beside the provider. */
final class Servers {
    private Servers() {}

    /** The first {@code nodes} masters of the shared cluster, with options such as {@code a=1&b=2}. */
    static String uri(int nodes, String options) {
        return uri(Clusters.redis().addresses().subList(0, nodes), options);
    }

    static String uri(List<String> addresses, String options) {
        return "redlock://" + String.join(",", addresses) + "?" + options;
    }

    /** Asks one server over a connection of its own. */
    static <T> T ask(String address, Function<RedisCommands<String, String>, T> question) {
        RedisClient client = RedisClient.create(RedisURI.create("redis://" + address));
        try {
            return question.apply(client.connect().sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    /** How many EVALSHA a server has been sent since it was started. */
    static long scriptCalls(String address) {
        return Servers.<String>ask(address, server -> server.info("commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_evalsha:calls="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1, line.indexOf(','))))
                .sum();
    }
}

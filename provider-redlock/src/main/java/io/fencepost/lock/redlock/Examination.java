package io.fencepost.lock.redlock;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What is asked of a server over a new connection, in one round: who it is, what it keeps, which mark it bears; and it is given the scripts. */
final class Examination {
    private static final List<String> SETTINGS = List.of("appendonly", "appendfsync", "maxmemory-policy");

    private Examination() {}

    /** Completes within the connect timeout. Fails if the server does not answer or may not be used. */
    static CompletableFuture<Incarnation> of(
            RedisAsyncCommands<String, String> server, Settings settings, Driver driver) {
        List<CompletableFuture<?>> needed = new ArrayList<>();
        for (Script script : Script.values()) {
            needed.add(server.scriptLoad(script.text()).toCompletableFuture());
        }
        CompletableFuture<String> info = server.info().toCompletableFuture();
        needed.add(info);

        List<CompletableFuture<Map<String, String>>> config = new ArrayList<>();
        for (String setting : SETTINGS) {
            // often forbidden by managed services: then the node just counts as one that may forget
            config.add(orElse(server.configGet(setting), Map.of()));
        }
        needed.addAll(config);

        CompletableFuture<String> marker = server.get(settings.markerKey())
                .thenApply(Examination::textOrNone)
                .toCompletableFuture();
        needed.add(marker);

        CompletableFuture<Incarnation> result = CompletableFuture.allOf(needed.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> {
                    Map<String, String> merged = new HashMap<>();
                    config.forEach(answer -> merged.putAll(answer.join()));
                    return Incarnation.parse(info.join(), merged, marker.join());
                });
        Runnable cancel = driver.after(
                settings.connectTimeout(),
                () -> result.completeExceptionally(new TimeoutException(
                        "it did not answer within " + settings.connectTimeout().toMillis() + " ms")));
        result.whenComplete((incarnation, fault) -> cancel.run());
        return result;
    }

    private static String textOrNone(@Nullable String text) {
        return text == null ? Marker.NONE : text;
    }

    private static <T> CompletableFuture<T> orElse(RedisFuture<T> future, T instead) {
        return future.handle((@Nullable T answer, @Nullable Throwable fault) -> answer == null ? instead : answer)
                .toCompletableFuture();
    }
}

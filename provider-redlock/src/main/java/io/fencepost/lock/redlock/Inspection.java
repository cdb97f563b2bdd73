package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.SightCount.Sight;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** One look at a lock on all nodes. Thread-safe. */
final class Inspection {
    private final String name;
    private final List<? extends ScriptTarget> nodes;
    private final SightCount count;
    private final CompletableFuture<Sight> result = new CompletableFuture<>();

    Inspection(String name, List<? extends ScriptTarget> nodes) {
        this.name = name;
        this.nodes = nodes;
        this.count = new SightCount(nodes.size());
    }

    /** Completes with a sight that is not open, and never fails. */
    CompletionStage<Sight> start(Settings settings, Driver driver) {
        NodeReply reply = new NodeReply() {
            @Override
            public void answered(List<Object> answer) {
                if (answer.get(0).equals(0L)) {
                    handle(count::unmarked);
                } else {
                    long fence = Long.parseLong((String) answer.get(3));
                    handle(() -> count.marked((String) answer.get(2), fence, (Long) answer.get(1)));
                }
            }

            @Override
            public void failed(boolean mayTakeEffect, Throwable cause) {
                handle(count::silent);
            }
        };
        String[] keys = settings.keys(name);
        for (ScriptTarget node : nodes) {
            node.call(Script.INSPECT, keys, new String[0], reply);
        }
        if (!result.isDone()) {
            Runnable cancel = driver.after(settings.quorumTimeout(), () -> handle(count::timedOut));
            result.whenComplete((state, fault) -> cancel.run());
        }
        return result;
    }

    private void handle(Supplier<Sight> event) {
        Sight sight;
        synchronized (this) {
            sight = event.get();
        }
        if (!(sight instanceof Sight.Open)) {
            result.complete(sight);
        }
    }
}

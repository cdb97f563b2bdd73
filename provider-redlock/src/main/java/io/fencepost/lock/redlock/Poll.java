package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.AckCount.Decision;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One script at all nodes, answered with yes or no, until a quorum agrees. Thread-safe. */
final class Poll {
    private final AckCount count;
    private final CompletableFuture<Result> result = new CompletableFuture<>();
    private boolean did;
    private @Nullable Throwable firstFault;

    /**
     * @param decision never {@link Decision#OPEN}
     * @param did whether any node said that it found something to do
     * @param fault the first one, if there was any
     */
    record Result(Decision decision, boolean did, @Nullable Throwable fault) {}

    private Poll(int nodes) {
        count = new AckCount(nodes);
    }

    /** Lets a call to a node go, now or later. */
    interface Gate {
        /** Lets all go at once. */
        Gate OPEN = (node, send) -> send.run();

        void pass(int node, Runnable send);
    }

    /** Whether a node carried out what it was asked: votes with what it answered. */
    static CompletableFuture<Result> ofSuccess(
            List<? extends ScriptTarget> nodes,
            Script script,
            String[] keys,
            String[] args,
            Gate gate,
            Driver driver,
            Duration timeout) {
        return new Poll(nodes.size()).ask(nodes, script, keys, args, gate, driver, timeout, did -> did);
    }

    /** Whether a node heard: votes yes, whatever it answered. */
    static CompletableFuture<Result> ofAnswer(
            List<? extends ScriptTarget> nodes,
            Script script,
            String[] keys,
            String[] args,
            Driver driver,
            Duration timeout) {
        return new Poll(nodes.size()).ask(nodes, script, keys, args, Gate.OPEN, driver, timeout, did -> true);
    }

    private CompletableFuture<Result> ask(
            List<? extends ScriptTarget> nodes,
            Script script,
            String[] keys,
            String[] args,
            Gate gate,
            Driver driver,
            Duration timeout,
            Function<Boolean, Boolean> vote) {
        NodeReply reply = new NodeReply() {
            @Override
            public void answered(List<Object> answer) {
                boolean nodeDid = answer.get(0).equals(1L);
                Result decided;
                synchronized (Poll.this) {
                    did |= nodeDid;
                    decided = decided(vote.apply(nodeDid) ? count.yes() : count.no());
                }
                finish(decided);
            }

            @Override
            public void failed(boolean mayTakeEffect, Throwable cause) {
                Result decided;
                synchronized (Poll.this) {
                    if (firstFault == null) {
                        firstFault = cause;
                    }
                    decided = decided(count.silent());
                }
                finish(decided);
            }
        };
        for (int i = 0; i < nodes.size(); i++) {
            ScriptTarget node = nodes.get(i);
            gate.pass(i, () -> node.call(script, keys, args, reply));
        }
        if (!result.isDone()) {
            Runnable cancel = driver.after(timeout, this::timedOut);
            result.whenComplete((done, never) -> cancel.run());
        }
        return result;
    }

    private @Nullable Result decided(Decision decision) {
        return decision == Decision.OPEN ? null : new Result(decision, did, firstFault);
    }

    private void timedOut() {
        Result unknown;
        synchronized (this) {
            unknown = new Result(Decision.UNKNOWN, did, firstFault);
        }
        finish(unknown);
    }

    private void finish(@Nullable Result decided) {
        if (decided != null) {
            result.complete(decided);
        }
    }
}

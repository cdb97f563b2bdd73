package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.Clusters;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** That renewals which are due together go out together: none waits for the answer of another, and each costs a node one command. */
class RedlockManyLeasesIT {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final int LEASES = 2_000;
    private static final int RENEWALS = 3;

    private final Cluster cluster = Clusters.redis();

    @Test
    void renewalsThatAreDueTogetherCostOneCommandOfEachNodeEach() {
        try (RedlockBackend backend = Backends.open(5, "operationTimeout=1m&quorumTimeout=1m")) {
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> backend.nodes().stream().allMatch(Node::inService));
            String prefix = Backends.newName();
            List<Grant> grants = allOf(
                            IntStream.range(0, LEASES).boxed().toList(),
                            i -> backend.attempt(Backends.request(prefix + "/" + i, TTL)))
                    .stream()
                    .map(outcome -> ((AttemptOutcome.Acquired) outcome).grant())
                    .toList();
            List<Long> before = scriptCallsOnceQuiet(0);
            for (int i = 0; i < RENEWALS; i++) {
                assertThat(allOf(grants, grant -> backend.renew(grant, TTL)))
                        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(RenewOutcome.Renewed.class));
            }
            List<Long> after = scriptCallsOnceQuiet(before.get(0) + (long) RENEWALS * LEASES);
            for (int i = 0; i < after.size(); i++) {
                assertThat(after.get(i) - before.get(i))
                        .as("commands at node %d", i)
                        .isEqualTo(RENEWALS * LEASES);
            }
            assertThat(allOf(grants, backend::release))
                    .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(ReleaseOutcome.Released.class));
        }
    }

    private static <A, B> List<B> allOf(List<A> inputs, Function<A, CompletionStage<B>> call) {
        List<CompletableFuture<B>> calls = inputs.stream()
                .map(input -> call.apply(input).toCompletableFuture())
                .toList();
        return calls.stream().map(CompletableFuture::join).toList();
    }

    /** What each node was asked, once the nodes that a quorum did not wait for have answered as well. */
    private List<Long> scriptCallsOnceQuiet(long least) {
        return await().atMost(Duration.ofSeconds(20))
                .until(this::scriptCalls, calls -> calls.get(0) >= least && calls.equals(scriptCalls()));
    }

    private List<Long> scriptCalls() {
        return cluster.addresses().stream().map(Servers::scriptCalls).toList();
    }
}

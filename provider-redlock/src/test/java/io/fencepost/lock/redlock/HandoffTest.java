package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.atIndex;

import io.fencepost.lock.redlock.AckCount.Decision;
import io.fencepost.lock.redlock.Poll.Result;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That a handoff leaves no mark of its predecessor behind, and none of its successor if that does not get the lock. */
class HandoffTest {
    private static final Duration TTL = Duration.ofSeconds(10);

    private final Settings settings = Backends.settings("redlock://a,b,c?quorumTimeout=1m&operationTimeout=1m");
    private final Driver driver = new Driver(settings);
    private final List<Target> nodes = IntStream.range(0, 3)
            .mapToObj(i -> new Target(settings.addresses().get(i)))
            .toList();

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aQuorumThatGaveWayAndGrantedDecidesBoth() {
        Transfer transfer = new Transfer(acquireEverywhere(7));
        nodes.get(0).handedOff(8);
        assertThat(transfer.attempted).isNotDone();
        nodes.get(1).handedOff(8);
        assertThat(transfer.token()).isEqualTo(8);
        assertThat(transfer.released).isCompletedWithValueMatching(result -> result.decision() == Decision.YES);
        assertThat(nodes).allSatisfy(node -> assertThat(node.called).containsExactly(Script.ACQUIRE, Script.HANDOFF));
    }

    @Test
    void theTokenOfThePredecessorIsTheLeastHint() {
        new Transfer(acquireEverywhere(7));
        assertThat(nodes.get(0).lastArgs()).hasSize(4).contains("7", atIndex(2));
    }

    @Test
    void aNodeIsAskedWhenItHasAnsweredThePredecessor() {
        Acquisition first = acquisition();
        CompletableFuture<AttemptOutcome> outcome = first.start(0, driver).toCompletableFuture();
        nodes.get(0).granted(7);
        nodes.get(1).granted(7);
        Transfer transfer = new Transfer(grant(outcome));
        assertThat(nodes.get(2).called).as("before its answer").containsExactly(Script.ACQUIRE);
        nodes.get(0).handedOff(8);
        nodes.get(1).handedOff(8);
        assertThat(transfer.token()).isEqualTo(8);
        nodes.get(2).granted(7);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.HANDOFF);
    }

    @Test
    void aSilentNodeIsAskedForTheLastOfManyOnly() {
        Acquisition first = acquisition();
        CompletableFuture<AttemptOutcome> outcome = first.start(0, driver).toCompletableFuture();
        nodes.get(0).granted(7);
        nodes.get(1).granted(7);
        RedlockGrant grant = grant(outcome);
        for (int token = 8; token < 5_000; token++) {
            Transfer transfer = new Transfer(grant);
            nodes.get(0).handedOff(token);
            nodes.get(1).handedOff(token);
            grant = grant(transfer.attempted);
            assertThat(transfer.released).isCompletedWithValueMatching(result -> result.decision() == Decision.YES);
        }
        nodes.get(2).granted(7);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.HANDOFF);
        assertThat(nodes.get(2).lastArgs()).startsWith(grant.value()).endsWith(first.value());
        release(grant);
        assertThat(nodes.get(2).called).as("released before the answer").hasSize(2);
        nodes.get(2).handedOff(4_999);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.HANDOFF, Script.RELEASE);
        assertThat(nodes.get(2).lastArgs()).startsWith(grant.value());
    }

    @Test
    void aRefusedHandoffIsFollowedByTheReleaseOfThePredecessor() {
        RedlockGrant grant = acquireEverywhere(7);
        Transfer transfer = new Transfer(grant);
        nodes.get(0).failed(false);
        assertThat(nodes.get(0).called).containsExactly(Script.ACQUIRE, Script.HANDOFF, Script.RELEASE);
        assertThat(nodes.get(0).lastArgs())
                .containsExactly(
                        grant.value(),
                        settings.channel(grant.name()),
                        grant.attemptId().toString());
        nodes.get(1).failed(false);
        assertThat(transfer.attempted).isCompletedWithValueMatching(AttemptOutcome.Unavailable.class::isInstance);
        assertThat(transfer.released).as("its releases are under way").isNotDone();
        nodes.get(0).released(true);
        nodes.get(1).released(true);
        assertThat(transfer.released).isCompletedWithValueMatching(result -> result.decision() == Decision.YES);
    }

    @Test
    void aLostAnswerIsFollowedByReleasesOfBothIfTheAttemptFails() {
        RedlockGrant grant = acquireEverywhere(7);
        Transfer transfer = new Transfer(grant);
        nodes.get(0).failed(true);
        nodes.get(1).failed(true);
        assertThat(transfer.attempted).isCompletedWithValueMatching(AttemptOutcome.Indeterminate.class::isInstance);
        assertThat(nodes.get(0).values(Script.RELEASE)).containsExactlyInAnyOrder(grant.value(), transfer.value());
        assertThat(transfer.released).isCompletedWithValueMatching(result -> result.decision() == Decision.UNKNOWN);
        nodes.get(2).handedOff(8);
        assertThat(nodes.get(2).called)
                .as("a late grant")
                .containsExactly(Script.ACQUIRE, Script.HANDOFF, Script.RELEASE);
        assertThat(nodes.get(2).lastArgs())
                .as("published as the release of the predecessor")
                .containsExactly(
                        transfer.value(),
                        settings.channel(grant.name()),
                        grant.attemptId().toString());
    }

    @Test
    void anAttemptThatIsOverBeforeANodesTurnReleasesThePredecessorThere() {
        Acquisition first = acquisition();
        CompletableFuture<AttemptOutcome> outcome = first.start(0, driver).toCompletableFuture();
        nodes.get(0).granted(7);
        nodes.get(1).granted(7);
        RedlockGrant grant = grant(outcome);
        Transfer transfer = new Transfer(grant);
        nodes.get(0).denied();
        nodes.get(1).denied();
        assertThat(transfer.attempted).isCompletedWithValueMatching(AttemptOutcome.Contended.class::isInstance);
        assertThat(transfer.released).isCompletedWithValueMatching(result -> result.decision() == Decision.NO);
        nodes.get(2).granted(7);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
        assertThat(nodes.get(2).lastArgs()).startsWith(grant.value());
    }

    @Test
    void aSuccessorThatHoldsTheLockHardlyWaitsForTheRelease() {
        Transfer transfer = new Transfer(acquireEverywhere(7));
        nodes.get(0).grantedWithoutPredecessor(8);
        nodes.get(1).handedOff(8);
        assertThat(transfer.token()).isEqualTo(8);
        assertThat(transfer.released)
                .as("long before the operation timeout")
                .succeedsWithin(Duration.ofSeconds(20))
                .matches(result -> result.decision() == Decision.UNKNOWN);
    }

    private Acquisition acquisition() {
        return new Acquisition(nodes, Backends.request("name", TTL), settings);
    }

    private RedlockGrant acquireEverywhere(long fence) {
        CompletableFuture<AttemptOutcome> outcome =
                acquisition().start(0, driver).toCompletableFuture();
        nodes.forEach(node -> node.granted(fence));
        return grant(outcome);
    }

    private static RedlockGrant grant(CompletableFuture<AttemptOutcome> outcome) {
        return (RedlockGrant) ((AttemptOutcome.Acquired) outcome.getNow(unfinished())).grant();
    }

    private static AttemptOutcome unfinished() {
        return new AttemptOutcome.Indeterminate(new IllegalStateException("not finished"));
    }

    private void release(RedlockGrant grant) {
        for (int i = 0; i < nodes.size(); i++) {
            Target node = nodes.get(i);
            String[] args = {grant.value(), "", ""};
            grant.origin().afterAnswer(i, () -> node.call(Script.RELEASE, new String[0], args, Ignored.REPLY));
        }
    }

    /** One handoff from a grant. */
    private final class Transfer {
        private final AttemptRequest request = Backends.request("name", TTL);
        private final CompletableFuture<Result> released;
        private final CompletableFuture<AttemptOutcome> attempted;

        Transfer(RedlockGrant predecessor) {
            Handoff handoff = new Handoff(nodes, predecessor, request, settings);
            attempted = handoff.start(0, driver).toCompletableFuture();
            released = handoff.released();
        }

        String value() {
            return new Acquisition(nodes, request, settings).value();
        }

        long token() {
            return grant(attempted).token().value();
        }
    }

    /** A node whose answers the test gives, each to the latest call. */
    private static final class Target implements ScriptTarget {
        private final Address address;
        private final List<Script> called = new ArrayList<>();
        private final List<String[]> args = new ArrayList<>();
        private final List<NodeReply> replies = new ArrayList<>();

        Target(Address address) {
            this.address = address;
        }

        void granted(long fence) {
            answer(List.of(1L, Long.toString(fence)));
        }

        void handedOff(long fence) {
            answer(List.of(1L, Long.toString(fence), 1L));
        }

        void grantedWithoutPredecessor(long fence) {
            answer(List.of(1L, Long.toString(fence), 0L));
        }

        void denied() {
            answer(List.of(0L, 100L, "somebody"));
        }

        void released(boolean was) {
            answer(List.of(was ? 1L : 0L));
        }

        void failed(boolean mayTakeEffect) {
            replies.get(replies.size() - 1).failed(mayTakeEffect, problem());
        }

        private void answer(List<Object> reply) {
            replies.get(replies.size() - 1).answered(reply);
        }

        String[] lastArgs() {
            return args.get(args.size() - 1);
        }

        List<String> values(Script script) {
            return IntStream.range(0, called.size())
                    .filter(i -> called.get(i) == script)
                    .mapToObj(i -> args.get(i)[0])
                    .toList();
        }

        @Override
        public Address address() {
            return address;
        }

        @Override
        public boolean inService() {
            return true;
        }

        @Override
        public Throwable problem() {
            return new IllegalStateException("made to fail");
        }

        @Override
        public void call(Script script, String[] keys, String[] arguments, NodeReply reply) {
            called.add(script);
            args.add(arguments);
            replies.add(reply);
        }
    }
}

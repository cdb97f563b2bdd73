package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That an attempt frees its mark wherever it gets one, and never before. */
class AcquisitionTest {
    private final Settings settings = Backends.settings("redlock://a,b,c?quorumTimeout=1s");
    private final Driver driver = new Driver(settings);
    private final List<Target> nodes = IntStream.range(0, 3)
            .mapToObj(i -> new Target(settings.addresses().get(i)))
            .toList();
    private final Acquisition acquisition =
            new Acquisition(nodes, Backends.request("name", Duration.ofSeconds(10)), settings);
    private final CompletableFuture<AttemptOutcome> outcome =
            acquisition.start(0, driver).toCompletableFuture();

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void aLateGrantIsFreedWhenItsAnswerComes() {
        nodes.get(0).deny();
        nodes.get(1).deny();
        assertThat(outcome).isCompletedWithValueMatching(AttemptOutcome.Contended.class::isInstance);
        assertThat(nodes.get(2).called).as("before its answer").containsExactly(Script.ACQUIRE);
        nodes.get(2).grant(1);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
        assertThat(nodes.get(0).called).as("never had our mark").containsExactly(Script.ACQUIRE);
    }

    @Test
    void aGrantOfAMinorityIsFreedAtOnce() {
        nodes.get(0).grant(1);
        nodes.get(1).deny();
        nodes.get(2).deny();
        assertThat(nodes.get(0).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
    }

    @Test
    void aLostAnswerIsFollowedByARelease() {
        nodes.get(0).deny();
        nodes.get(1).deny();
        nodes.get(2).fail(true);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
    }

    @Test
    void whatWasNotSentNeedsNoRelease() {
        nodes.get(0).fail(false);
        nodes.get(1).fail(false);
        nodes.get(2).grant(4);
        assertThat(outcome).isCompletedWithValueMatching(AttemptOutcome.Unavailable.class::isInstance);
        assertThat(nodes.get(0).called).containsExactly(Script.ACQUIRE);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
    }

    @Test
    void aLeaseIsReleasedWhereItsAnswerIsHere() {
        nodes.get(0).grant(7);
        // the answer that decides counts as being here for whoever learns of the grant
        outcome.thenRun(this::release);
        nodes.get(1).grant(7);
        assertThat(outcome).isCompletedWithValueMatching(AttemptOutcome.Acquired.class::isInstance);
        assertThat(nodes.get(1).called).containsExactly(Script.ACQUIRE, Script.RELEASE);
        assertThat(nodes.get(2).called).as("before its answer").containsExactly(Script.ACQUIRE);
        nodes.get(2).grant(7);
        assertThat(nodes).allSatisfy(node -> assertThat(node.called).containsExactly(Script.ACQUIRE, Script.RELEASE));
    }

    private void release() {
        for (int i = 0; i < nodes.size(); i++) {
            Target node = nodes.get(i);
            acquisition.afterAnswer(i, () -> node.call(Script.RELEASE, new String[0], new String[0], Ignored.REPLY));
        }
    }

    @Test
    void aHeldLeaseKeepsWhatItGetsLater() {
        nodes.get(0).grant(7);
        nodes.get(1).grant(7);
        nodes.get(2).grant(7);
        assertThat(nodes.get(2).called).containsExactly(Script.ACQUIRE);
    }

    /** A node whose answers the test gives. */
    private static final class Target implements ScriptTarget {
        private final Address address;
        private final List<Script> called = new ArrayList<>();
        private final List<NodeReply> replies = new ArrayList<>();

        Target(Address address) {
            this.address = address;
        }

        void grant(long fence) {
            replies.get(0).answered(List.of(1L, Long.toString(fence)));
        }

        void deny() {
            replies.get(0).answered(List.of(0L, 100L, "somebody"));
        }

        void fail(boolean mayTakeEffect) {
            replies.get(0).failed(mayTakeEffect, problem());
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
        public void call(Script script, String[] keys, String[] args, NodeReply reply) {
            called.add(script);
            replies.add(reply);
        }
    }
}

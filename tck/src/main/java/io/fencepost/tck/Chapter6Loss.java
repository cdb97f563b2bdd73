package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.RenewOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Rules 6.1 to 6.3: learning that a lease is lost. */
public interface Chapter6Loss extends RuleBook {
    /**
     * Fails when a client that is cut off says nothing, says it late, or says it again. Once the connections are reset, so that renewals fail, and once nothing is answered any more.
     */
    @Rule("6.1")
    default void rule_6_1_lossIsAnnouncedOnceAndOnTimeAfterASuspicion() throws InterruptedException {
        tck().unlessStalled(() -> {
            List<Consumer<ClientLinks>> faults = List.of(ClientLinks::cut, ClientLinks::freeze);
            for (Consumer<ClientLinks> fault : faults) {
                ClientLinks links = tck().links();
                Lease lease = Leases.acquired(tck().client(links), tck().name("loss"), tck().shortAutomatic());
                List<LeaseState> heard = statesOf(lease);
                CompletableFuture<Long> lostAt = new CompletableFuture<>();
                lease.lost().thenAccept(cause -> lostAt.complete(System.nanoTime()));
                fault.accept(links);
                Duration validity = lease.remainingValidity();
                long validUntil = System.nanoTime() + validity.toNanos();
                long lost = Awaits.resultOf(
                        lostAt,
                        "the announcement of the loss of a client that is cut off",
                        validity.plus(tck().slack()));
                assertThat(Duration.ofNanos(Math.max(0, lost - validUntil)))
                        .as("time from the end of validity to the announcement of the loss")
                        .isLessThanOrEqualTo(tck().slack());
                Awaits.until("the listener hears of the loss", tck().slack(), () -> heard.contains(LeaseState.LOST));
                links.heal();
                assertThat(lease.renew())
                        .as("renewal after the loss, with the backend back")
                        .isInstanceOf(RenewOutcome.Lost.class);
                Windows.pass(Windows.NO_ANNOUNCEMENT);
                assertThat(heard)
                        .as("announced to a listener: a suspicion when renewals failed, then the loss, once")
                        .containsOnlyOnce(LeaseState.LOST)
                        .startsWith(LeaseState.SUSPECT)
                        .endsWith(LeaseState.LOST);
            }
        });
    }

    /** Fails when a release is announced as a loss, a loss twice, or a late listener never. */
    @Rule("6.2")
    default void rule_6_2_onlyLossIsAnnouncedAsLossAndLateListenersHearOfIt() throws InterruptedException {
        Lease released = Leases.acquired(tck().a(), tck().name("released"), tck().lasting());
        List<LeaseState> ofReleased = statesOf(released);
        CompletableFuture<LossCause> lossOfReleased = released.lost().toCompletableFuture();

        Lease expired = Leases.acquired(tck().a(), tck().name("expired"), tck().shortManual());
        List<LeaseState> ofExpired = statesOf(expired);

        String forced = tck().name("forced");
        Lease thrownOut = Leases.acquired(tck().a(), forced, tck().lasting());
        List<LeaseState> ofThrownOut = statesOf(thrownOut);
        tck().b().forceRelease(forced);
        RenewOutcome renewal = thrownOut.renew();
        assertThat(renewal).as("renewal by the thrown-out holder").isInstanceOf(RenewOutcome.Lost.class);

        released.release();
        assertThat(Awaits.valueOf(expired.lost(), "the loss of an unrenewed lease", tck().takeoverLimit()))
                .isEqualTo(LossCause.EXPIRED);
        assertThat(new RenewOutcome.Lost(
                        Awaits.valueOf(thrownOut.lost(), "the loss of a thrown-out lease", tck().slack())))
                .as("cause announced, and cause told to the renewal")
                .isEqualTo(renewal);
        List<LeaseState> lateOfExpired = statesOf(expired);
        List<LeaseState> lateOfThrownOut = statesOf(thrownOut);
        for (List<LeaseState> heard : List.of(ofExpired, ofThrownOut, lateOfExpired, lateOfThrownOut)) {
            Awaits.until("the loss is announced", tck().slack(), () -> heard.contains(LeaseState.LOST));
        }
        Awaits.until("the release is announced", tck().slack(), () -> !ofReleased.isEmpty());
        Windows.pass(Windows.NO_ANNOUNCEMENT);
        assertThat(ofReleased).as("announced for a release").containsExactly(LeaseState.RELEASED);
        assertThat(lossOfReleased).as("loss of a released lease").isNotDone();
        assertThat(ofExpired)
                .as("announced for an expiry")
                .containsOnlyOnce(LeaseState.LOST)
                .endsWith(LeaseState.LOST);
        assertThat(ofThrownOut)
                .as("announced for a forced release")
                .containsOnlyOnce(LeaseState.LOST)
                .endsWith(LeaseState.LOST);
        assertThat(lateOfExpired).as("announced to a late listener").containsExactly(LeaseState.LOST);
        assertThat(lateOfThrownOut).as("announced to a late listener").containsExactly(LeaseState.LOST);
        // a release after the loss is no news
        expired.release();
        Windows.pass(Windows.NO_ANNOUNCEMENT);
        assertThat(ofExpired).endsWith(LeaseState.LOST).containsOnlyOnce(LeaseState.LOST);
    }

    private static List<LeaseState> statesOf(Lease lease) {
        List<LeaseState> states = new CopyOnWriteArrayList<>();
        lease.onStateChange((which, state) -> states.add(state));
        return states;
    }

    /** Fails when listeners share a thread with each other, with renewals or with the watch over validity. */
    @Rule("6.3")
    default void rule_6_3_aBadListenerDelaysNoOtherLease() throws InterruptedException {
        tck().unlessStalled(() -> {
            CountDownLatch end = new CountDownLatch(1);
            tck().closedAfterwards(end::countDown);
            LockClient client = tck().client();
            Lease bad = Leases.acquired(client, tck().name("bad"), tck().shortManual());
            bad.onStateChange((lease, state) -> awaitUninterruptibly(end));
            bad.onStateChange((lease, state) -> awaitUninterruptibly(end), Runnable::run);
            bad.onStateChange((lease, state) -> {
                throw new KitFault("a listener of the kit throws this");
            });
            bad.lost().thenRun(() -> awaitUninterruptibly(end));
            Leases.awaitLost(bad, tck().takeoverLimit());

            String renewedName = tck().name("renewed");
            Lease renewed = Leases.acquired(client, renewedName, tck().shortAutomatic());
            Lease lost = Leases.acquired(client, tck().name("lost"), tck().shortManual());
            CompletableFuture<Long> heardAt = new CompletableFuture<>();
            lost.onStateChange((lease, state) -> {
                if (state == LeaseState.LOST) {
                    heardAt.complete(System.nanoTime());
                }
            });
            Duration validity = lost.remainingValidity();
            long validUntil = System.nanoTime() + validity.toNanos();
            long heard = Awaits.resultOf(
                    heardAt, "the announcement beside a blocked listener", validity.plus(tck().slack()));
            assertThat(Duration.ofNanos(Math.max(0, heard - validUntil)))
                    .as("delay of the announcement beside a blocked listener")
                    .isLessThanOrEqualTo(tck().slack());
            Windows.pass(tck().ttl());
            assertThat(renewed.isValid())
                    .as("the lease renewed beside a blocked listener")
                    .isTrue();
            Leases.assertContended(tck().b(), renewedName, tck().lasting());
            end.countDown();
            renewed.release();
        });
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // the listener is meant to be deaf
            }
        }
    }
}

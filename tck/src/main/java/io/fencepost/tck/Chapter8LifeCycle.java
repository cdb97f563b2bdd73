package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockClosedException;
import io.fencepost.lock.LockException;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.spi.Capabilities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Assumptions;

/** Rules 8.1 to 8.5: opening, closing, and input that cannot be used. */
public interface Chapter8LifeCycle extends RuleBook {
    /** Fails when bad input travels to the backend, or is refused in words that help nobody. */
    @Rule("8.1")
    default void rule_8_1_badInputIsRefusedBeforeAnyIoWithTheValueAndTheRange() throws InterruptedException {
        CountingBackend[] between = new CountingBackend[1];
        LockClient client = tck().client(backend -> {
            between[0] = new CountingBackend(backend);
            return between[0];
        });
        refusesNames(client);
        refusesTtls(client);
        DistributedLock lock = client.lock(tck().name("input"), tck().lasting());
        Duration negative = Duration.ofMillis(-1);
        refused("a negative wait", () -> lock.tryAcquire(negative), negative.toString(), "zero");
        refused("a negative async wait", () -> lock.acquireAsync(negative), negative.toString(), "zero");
        assertThat(between[0].calls()).as("calls of the backend with bad input").isZero();
        refusesUris();
    }

    private void refusesNames(LockClient client) {
        String limit = Integer.toString(LockClient.MAX_NAME_BYTES);
        List<String> names = List.of("", "x".repeat(513), "é".repeat(257), "half\ud83d", "\ude00half");
        for (String name : names) {
            String what = "the name '" + Leases.shown(name) + "'";
            refused(what, () -> client.lock(name, tck().lasting()), limit);
            refused(what + " at inspect", () -> client.inspect(name), limit);
            refused(what + " at forceRelease", () -> client.forceRelease(name), limit);
        }
        refusesNull(client);
    }

    @SuppressWarnings("NullAway") // what a caller without a null checker may pass
    private void refusesNull(LockClient client) {
        assertThat(catchThrowable(() -> client.lock(null, tck().lasting())))
                .as("refusal of null as a name")
                .isInstanceOfAny(IllegalArgumentException.class, NullPointerException.class);
    }

    private void refusesTtls(LockClient client) {
        String name = tck().name("ttl");
        Capabilities can = tck().capabilities();
        refused("a ttl of zero", () -> LockOptions.ttl(Duration.ZERO), Duration.ZERO.toString());
        refused("a negative ttl", () -> LockOptions.ttl(Duration.ofSeconds(-1)), "-1");
        for (Duration ttl : List.of(can.minTtl().minusNanos(1), can.maxTtl().plusNanos(1))) {
            if (ttl.isZero()) {
                continue;
            }
            refused(
                    "a ttl of " + ttl,
                    () -> client.lock(name, LockOptions.ttl(ttl)),
                    ttl.toString(),
                    can.minTtl().toString(),
                    can.maxTtl().toString());
        }
        client.lock(name, LockOptions.ttl(can.minTtl()));
        client.lock(name, LockOptions.ttl(can.maxTtl()));
    }

    private void refusesUris() {
        String unknown = "noSuchOption";
        refused("an unknown option", () -> open(tck().fixture().client().option(unknown, "1")), unknown);
        refused("an unknown scheme", () -> open(LockClients.builder("no-such-scheme://x")), "no-such-scheme");
        refused("a URI without a scheme", () -> open(LockClients.builder("localhost")), "localhost");
        // nothing listens there, so whoever contacts it before it has read the options says something else
        tck().fixture().uriTo("127.0.0.1:1").ifPresent(dead -> {
            refused(
                    "an unknown option beside a dead address",
                    () -> open(LockClients.builder(dead).option(unknown, "1")),
                    unknown);
            for (String address : List.of("127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:port", "not a host:1")) {
                tck().fixture()
                        .uriTo(address)
                        .ifPresent(uri ->
                                refused("the address " + address, () -> open(LockClients.builder(uri)), address));
            }
        });
        for (MalformedUri malformed : tck().fixture().malformedUris()) {
            refused(
                    malformed.uri(),
                    () -> open(LockClients.builder(malformed.uri())),
                    malformed.named().toArray(String[]::new));
        }
    }

    private static void open(LockClients.Builder builder) {
        builder.open().close();
    }

    private static void refused(String what, ThrowingCallable call, String... named) {
        assertThat(catchThrowable(call))
                .as("refusal of %s", what)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    /**
     * Fails when closing leaves a lock held, a waiter asleep or a thread alive. Threads are compared after a first
     * client that did the same was closed.
     */
    @Rule("8.2")
    default void rule_8_2_closingReleasesUnblocksAndEndsAllThreads() throws InterruptedException {
        useAndClose();
        Threads before = Threads.now(tck().fixture());
        useAndClose();
        before.awaitNoneLeft("a client was closed", threadLimit());
    }

    /** Drivers end their threads with a pause for late work, of seconds in some. */
    private Duration threadLimit() {
        return tck().slack().multipliedBy(10);
    }

    private void useAndClose() throws InterruptedException {
        String held = tck().name("closed-held");
        String waited = tck().name("closed-waited");
        LockClient client = tck().client();
        Lease lease = Leases.acquired(client, held, tck().lasting());
        Lease others = Leases.acquired(tck().b(), waited, tck().lasting());
        DistributedLock waitedLock = client.lock(waited, tck().lasting());
        FutureTask<Lease> blocked = tck().start("blocked", waitedLock::acquire);
        CompletableFuture<Lease> forEver = waitedLock.acquireAsync();
        CompletableFuture<AcquireOutcome> forAWhile = waitedLock.acquireAsync(tck().patience());
        Windows.pass(Duration.ofMillis(50));

        FutureTask<Boolean> closing = tck().start("closer", () -> {
            client.close();
            return true;
        });
        client.close();
        Awaits.resultOf(closing, "a second close beside the first", tck().patience());
        client.close();
        for (FutureTask<Lease> waiter : List.of(blocked)) {
            assertThat(Awaits.failureOf(waiter, "a blocked wait of a closed client", tck().slack()))
                    .isInstanceOf(LockClosedException.class);
        }
        assertThat(Awaits.failureOf(forEver, "an async wait of a closed client", tck().slack()))
                .isInstanceOf(LockClosedException.class);
        assertThat(Awaits.failureOf(forAWhile, "a bounded async wait of a closed client", tck().slack()))
                .isInstanceOf(LockClosedException.class);

        assertThat(lease.isValid()).as("lease of a closed client").isFalse();
        lease.release();
        lease.close();
        assertThat(lease.renew()).isNotInstanceOf(RenewOutcome.Renewed.class);
        Leases.acquiredWithin(tck().handoffLimit(), tck().b(), held, tck().lasting())
                .release();
        others.release();
        Leases.acquiredWithin(tck().handoffLimit(), tck().b(), waited, tck().lasting())
                .release();

        closed(() -> client.lock(held, tck().lasting()).tryAcquire());
        closed(waitedLock::tryAcquire);
        closed(() -> waitedLock.tryAcquire(Duration.ofMillis(10)));
        closed(waitedLock::acquire);
        closed(() -> Awaits.resultOf(waitedLock.acquireAsync(), "a wait after close", tck().patience()));
        closed(waitedLock::inspect);
        closed(() -> client.inspect(held));
        closed(() -> client.forceRelease(held));
    }

    private static void closed(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        Throwable cause = thrown instanceof AssertionError && thrown.getCause() != null ? thrown.getCause() : thrown;
        assertThat(cause).as("what a call of a closed client ends with").isInstanceOf(LockClosedException.class);
    }

    /** Fails when operations on one lease trip over each other, or leave the lock held. */
    @Rule("8.3")
    default void rule_8_3_concurrentRenewReleaseAndCloseEndReleased() throws InterruptedException {
        for (int round = 0; round < 12; round++) {
            String name = tck().name("concurrent");
            Lease lease = Leases.acquired(tck().a(), name, tck().lasting());
            together(List.of(lease::renew, lease::release, lease::renew, lease::release, () -> {
                lease.close();
                return lease;
            }));
            assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
            Leases.acquiredWithin(tck().handoffLimit(), tck().b(), name, tck().lasting())
                    .release();
        }
        for (int round = 0; round < 2; round++) {
            String name = tck().name("concurrent-close");
            LockClient client = tck().client();
            Lease lease = Leases.acquired(client, name, tck().lasting());
            together(List.of(lease::renew, lease::release, () -> {
                client.close();
                return client;
            }));
            assertThat(lease.state()).isEqualTo(LeaseState.RELEASED);
            Leases.acquiredWithin(tck().handoffLimit(), tck().b(), name, tck().lasting())
                    .release();
        }
    }

    private void together(List<Callable<Object>> calls) throws InterruptedException {
        CyclicBarrier barrier = new CyclicBarrier(calls.size());
        List<FutureTask<Object>> tasks = new ArrayList<>();
        for (Callable<Object> call : calls) {
            tasks.add(tck().start("concurrent", () -> {
                barrier.await();
                try {
                    return call.call();
                } catch (LockException e) {
                    return e;
                }
            }));
        }
        for (FutureTask<Object> task : tasks) {
            Object result = Awaits.resultOf(task, "one of several calls on one lease", tck().patience());
            if (result instanceof ReleaseOutcome.Indeterminate unknown) {
                throw new AssertionError("a release on a healthy backend should be certain", unknown.cause());
            }
        }
    }

    /**
     * Fails when opening hangs, or names no address, on a port where nothing listens and on one where nobody answers.
     */
    @Rule("8.4")
    default void rule_8_4_openingOnADeadAddressFailsInTimeAndNamesIt() throws IOException {
        Assumptions.assumeTrue(
                tck().fixture().uriTo("127.0.0.1:1").isPresent(),
                RuleResult.NOT_APPLICABLE + ": the provider connects to nothing");
        assertUnavailable("127.0.0.1:" + closedPort());
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertUnavailable("127.0.0.1:" + silent.getLocalPort());
        }
    }

    private static int closedPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no loopback port to be had", e);
        }
    }

    private void assertUnavailable(String address) {
        String uri = tck().fixture().uriTo(address).orElseThrow();
        Threads before = Threads.now(tck().fixture());
        long start = System.nanoTime();
        assertThat(catchThrowable(() -> open(LockClients.builder(uri))))
                .as("what opening %s ends with", uri)
                .isInstanceOf(LockUnavailableException.class)
                .hasMessageContaining(address);
        assertThat(Timing.since(start))
                .as("time until opening %s failed", uri)
                .isLessThanOrEqualTo(
                        Timing.scaled(tck().fixture().connectTimeout()).plus(tck().slack()));
        before.awaitNoneLeft("opening " + uri + " failed", threadLimit());
    }

    /** Fails when a provider promises one thing here and another there, or names no guarantee. */
    @Rule("8.5")
    default void rule_8_5_promisesAreCompleteAndTheSameForAllClients() throws InterruptedException {
        Capabilities can = tck().capabilities();
        assertThat(can.provider()).as("scheme of the provider").matches("[a-z][a-z0-9+.-]*");
        assertThat(can.guarantee()).as("guarantee in words").isNotBlank();
        assertThat(can.handoffBound()).as("handoff bound").isPositive();
        assertThat(List.of(
                        tck().b().capabilities(),
                        tck().client().capabilities(),
                        tck().rawC().capabilities()))
                .as("what other clients of the same backend are promised")
                .containsOnly(can);
        Leases.acquired(tck().a(), tck().name("promises"), tck().lasting()).release();
        assertThat(tck().a().capabilities()).as("what is promised later").isEqualTo(can);
    }
}

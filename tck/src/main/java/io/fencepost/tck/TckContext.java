package io.fencepost.tck;

import io.fencepost.lock.Backoff;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ExpiryClass;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rules of one run share: clients, names, durations.
 *
 * <p>Clients A, B and C, and the raw clients beside them, are opened on first demand and live until the run ends, since
 * opening one is dear on some backends. Whatever else a rule opens is closed when the rule ends. Every lock name is
 * fresh, so that neither rules nor runs on one cluster meet.
 */
public final class TckContext {
    private static final Logger LOG = LoggerFactory.getLogger(TckContext.class);

    /** Of leases that must not expire while a rule looks at something else. */
    private static final Duration LONG_TTL = Duration.ofSeconds(60);

    private static final Backoff EAGER = Backoff.exponential(Duration.ofMillis(5), Duration.ofMillis(20));
    private static final int TRIES_WHEN_STALLED = 5;

    /** For how long the core lets one client pass a lock among its own calls, at most, before others have a chance. */
    private static final Duration LONGEST_STREAK = Duration.ofSeconds(2);

    /** A client that looks at a bad moment misses its chance; to miss so many in a row is no chance. */
    private static final int CHANCES = 4;

    private final ProviderFixture fixture;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger holders = new AtomicInteger();
    private final Map<String, LockClient> clients = new ConcurrentHashMap<>();
    private final Map<String, RawClient> rawClients = new ConcurrentHashMap<>();
    private final Deque<AutoCloseable> ofThisRule = new ArrayDeque<>();
    private final Deque<Runnable> healers = new ArrayDeque<>();
    private final StallWatch stallWatch = new StallWatch();
    private final Capabilities capabilities;
    private final Function<LockClients.Builder, LockClient> opener;

    /** @param opener opens the clients */
    TckContext(ProviderFixture fixture, Function<LockClients.Builder, LockClient> opener) {
        this.fixture = fixture;
        this.opener = opener;
        try {
            this.capabilities = a().capabilities();
        } catch (RuntimeException | Error e) {
            stallWatch.close();
            throw e;
        }
        if (ttl().compareTo(capabilities.minTtl()) < 0 || ttl().compareTo(capabilities.maxTtl()) > 0) {
            close();
            throw new IllegalArgumentException("the fixture '" + fixture.name() + "' has a short ttl of " + ttl()
                    + " (times the time factor); the provider allows " + capabilities.minTtl() + " to "
                    + capabilities.maxTtl());
        }
    }

    /** The provider under test. */
    public ProviderFixture fixture() {
        return fixture;
    }

    /** What it promises. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** Of leases that a rule lets expire. */
    public Duration ttl() {
        return Timing.scaled(fixture.shortTtl());
    }

    /** Of leases that last for the rest of the rule. */
    public Duration longTtl() {
        return Timing.min(Timing.max(LONG_TTL, Timing.times(ttl(), 10)), capabilities.maxTtl());
    }

    /** What upper bounds are extended by. */
    public Duration slack() {
        return Timing.scaled(fixture.slack());
    }

    /** By when a contender that looked all the while has the lock of a holder that fell silent. */
    public Duration takeoverLimit() {
        return takeoverLimit(ttl());
    }

    /** By when a waiter has a lock that was released. */
    public Duration handoffLimit() {
        return capabilities.handoffBound().plus(slack());
    }

    /** By when a client has a lock that the calls of another one want without a pause. */
    Duration turnLimit() {
        return Timing.scaled(LONGEST_STREAK).multipliedBy(CHANCES).plus(handoffLimit());
    }

    /** For how long after its holder's last successful call was invoked nobody else may be granted (rule 3.1). */
    Duration exclusive() {
        return exclusive(ttl());
    }

    /** What of a lease of that ttl a holder must be able to use on a healthy backend: the rest may go with drift and the answer. */
    Duration usable(Duration ttl) {
        Duration usable = exclusive(ttl).minus(slack());
        return usable.isNegative() ? Duration.ZERO : usable;
    }

    /** As {@link #exclusive()}, of a lease of another ttl. */
    Duration exclusive(Duration ttl) {
        return Timing.times(ttl, 1 - capabilities.driftRate()).minus(capabilities.driftMargin());
    }

    /** Whether a lease ends only for somebody who looks. */
    boolean expiresOnlyWhenObserved() {
        return capabilities.expiry() == ExpiryClass.OBSERVED;
    }

    /** Generous: for what must happen at some time, where how soon is no matter of the rule. */
    Duration patience() {
        return Timing.max(slack().multipliedBy(20), takeoverLimit().multipliedBy(2));
    }

    /** By when a backend that is not healthy has answered an operation. */
    Duration answerLimit() {
        return operationTimeout().plus(slack());
    }

    Duration operationTimeout() {
        return Timing.scaled(fixture.operationTimeout());
    }

    /** A ttl that lasts for at least that long beside the slack, as far as the provider allows. */
    Duration ttlBeyond(Duration atLeast) {
        return Timing.min(Timing.max(ttl(), atLeast.plus(slack())), capabilities.maxTtl());
    }

    /** A lock name that nobody has used. */
    public String name(String hint) {
        return "tck-" + run + "-" + names.incrementAndGet() + "-" + hint;
    }

    /** Random numbers that differ by rule, and are the same in every run. */
    Random random(String rule) {
        return new Random(rule.hashCode());
    }

    /** Options of leases that expire soon and are not renewed. */
    public LockOptions shortManual() {
        return LockOptions.ttl(ttl()).withRenewal(RenewalPolicy.MANUAL).withBackoff(EAGER);
    }

    /** Options of leases that expire soon unless the client renews them. */
    public LockOptions shortAutomatic() {
        return LockOptions.ttl(ttl()).withBackoff(EAGER);
    }

    /** Options of leases that last. */
    public LockOptions lasting() {
        return LockOptions.ttl(longTtl()).withBackoff(EAGER);
    }

    /** Client A. */
    public LockClient a() {
        return shared("a");
    }

    /** Client B. */
    public LockClient b() {
        return shared("b");
    }

    /** Client C. */
    public LockClient c() {
        return shared("c");
    }

    /** As {@link #takeoverLimit()}, of a lease of another ttl. */
    Duration takeoverLimit(Duration ttl) {
        return capabilities.takeoverBound(ttl).plus(slack());
    }

    private LockClient shared(String letter) {
        return clients.computeIfAbsent(
                letter, key -> opener.apply(fixture.client().holder(holder(key))));
    }

    RawClient rawA() {
        return rawShared("a");
    }

    RawClient rawB() {
        return rawShared("b");
    }

    RawClient rawC() {
        return rawShared("c");
    }

    private RawClient rawShared(String letter) {
        return rawClients.computeIfAbsent(letter, key -> {
            String holder = holder("raw-" + key);
            return new RawClient(fixture.backend(holder), holder);
        });
    }

    /** One more client, for this rule. */
    public LockClient client() {
        return closedAfterwards(opener.apply(fixture.client().holder(holder("extra"))));
    }

    /** One more client, for this rule, with something between core and backend. */
    public LockClient client(UnaryOperator<LockBackend> between) {
        String holder = holder("wrapped");
        LockBackend backend = fixture.backend(holder);
        try {
            return closedAfterwards(
                    opener.apply(LockClients.builder(between.apply(backend)).holder(holder)));
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
        }
    }

    /** Links that the rule may disturb; they end with it. */
    ClientLinks links() {
        return closedAfterwards(fixture.links().orNotRun().get());
    }

    /** A client over such links, for this rule. */
    LockClient client(ClientLinks links) {
        return closedAfterwards(opener.apply(links.client().holder(holder("linked"))));
    }

    /** A raw client over such links, for this rule. */
    RawClient raw(ClientLinks links) {
        String holder = holder("linked-raw");
        return closedAfterwards(new RawClient(links.backend(holder), holder));
    }

    /** The servers. They are healed when the rule ends, and the next one begins when all clients work again. */
    ServerControl servers() {
        ServerControl servers = fixture.servers().orNotRun();
        healers.push(() -> {
            servers.heal();
            awaitWorkingClients();
        });
        return servers;
    }

    /** The clocks of the servers. They are set right when the rule ends. */
    ClockControl clocks() {
        ClockControl clocks = fixture.clocks().orNotRun();
        healers.push(() -> {
            clocks.heal();
            awaitWorkingClients();
        });
        return clocks;
    }

    /** One more view of the resource that is guarded by tokens, for this rule. */
    FencedResource resource() {
        return closedAfterwards(fixture.fencedResource().orNotRun().get());
    }

    /** A process of its own with one client, for this rule. */
    WorkerProcess worker() {
        notApplicableIf(
                capabilities.fencing() == FencingClass.PROCESS,
                "the provider declares that its locks live in one process");
        return closedAfterwards(WorkerProcess.start(fixture.workers().orNotRun(), holder("worker"), patience()));
    }

    /** Ends a rule as NOT RUN that has no meaning for a provider. */
    void notApplicableIf(boolean condition, String why) {
        Assumptions.assumeFalse(condition, RuleResult.NOT_APPLICABLE + ": " + why);
    }

    private void awaitWorkingClients() {
        List<Callable<Boolean>> probes = new ArrayList<>();
        clients.values().forEach(client -> probes.add(() -> isGranted(client)));
        rawClients.values().forEach(client -> probes.add(() -> client.isGranted(name("probe"), longTtl())));
        for (Callable<Boolean> probe : probes) {
            Awaits.until("the healed backend grants a free lock", patience(), probe);
        }
    }

    private boolean isGranted(LockClient client) throws InterruptedException {
        try {
            Optional<Lease> lease = client.lock(name("probe"), lasting()).tryAcquire();
            lease.ifPresent(Lease::release);
            return lease.isPresent();
        } catch (LockUnavailableException | OutcomeUnknownException e) {
            return false;
        }
    }

    private String holder(String hint) {
        return "tck-" + run + "-" + hint + "-" + holders.incrementAndGet();
    }

    /** Has something closed when the rule ends, last opened first. */
    public <T extends AutoCloseable> T closedAfterwards(T closeable) {
        ofThisRule.push(closeable);
        return closeable;
    }

    /** Runs something on a thread of its own, which is interrupted when the rule ends. */
    public <T> FutureTask<T> start(String what, Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, "fencepost-tck-" + what);
        thread.setDaemon(true);
        ofThisRule.push(thread::interrupt);
        thread.start();
        return task;
    }

    /**
     * Runs the body of a rule whose leases a stalled machine may end early. A failure stands unless this process got no
     * processor for a quarter of the ttl meanwhile; then the body runs again, up to five times in all.
     */
    void unlessStalled(Body body) throws InterruptedException {
        Duration tolerable = ttl().dividedBy(4);
        for (int attempt = 1; ; attempt++) {
            stallWatch.longestAndReset();
            try {
                body.run();
                return;
            } catch (AssertionError | RuntimeException failure) {
                Duration stall = stallWatch.longestAndReset();
                if (stall.compareTo(tolerable) < 0 || attempt == TRIES_WHEN_STALLED) {
                    throw failure;
                }
                LOG.warn(
                        "{}: a rule failed while the machine stalled for {}; running it again",
                        fixture.name(),
                        stall,
                        failure);
                endRule();
            }
        }
    }

    /** A rule's body. */
    @FunctionalInterface
    interface Body {
        void run() throws InterruptedException;
    }

    /** Closes what the rule that just ran opened, and heals what it broke. */
    void endRule() {
        while (!ofThisRule.isEmpty()) {
            closeQuietly(ofThisRule.pop());
        }
        while (!healers.isEmpty()) {
            healers.pop().run();
        }
    }

    void close() {
        healers.clear();
        endRule();
        clients.values().forEach(TckContext::closeQuietly);
        clients.clear();
        rawClients.values().forEach(TckContext::closeQuietly);
        rawClients.clear();
        stallWatch.close();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("closing {} failed", closeable, e);
        }
    }
}

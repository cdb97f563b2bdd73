package io.fencepost.tck;

import io.fencepost.lock.Backoff;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.RenewalPolicy;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ExpiryClass;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the rules of one run share: clients, names, durations.
 *
 * <p>Clients A, B and C, and the raw clients beside them, are opened on first demand and live until the run ends, since
 * opening one is dear on some backends. Whatever else a rule opens is closed when the rule ends. Every lock name is
 * fresh, so that neither rules nor runs on one cluster meet.
 */
public final class TckContext implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TckContext.class);

    /** Of leases that must not expire while a rule looks at something else. */
    private static final Duration LONG_TTL = Duration.ofSeconds(60);

    private static final Backoff EAGER = Backoff.exponential(Duration.ofMillis(5), Duration.ofMillis(20));
    private static final int TRIES_WHEN_STALLED = 5;

    private final ProviderFixture fixture;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger holders = new AtomicInteger();
    private final Map<String, LockClient> clients = new HashMap<>();
    private final Map<String, RawClient> rawClients = new HashMap<>();
    private final Deque<AutoCloseable> ofThisRule = new ArrayDeque<>();
    private final StallWatch stallWatch = new StallWatch();
    private final Capabilities capabilities;

    TckContext(ProviderFixture fixture) {
        this.fixture = fixture;
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
        return capabilities.takeoverBound(ttl()).plus(slack());
    }

    /** By when a waiter has a lock that was released. */
    public Duration handoffLimit() {
        return capabilities.handoffBound().plus(slack());
    }

    /** For how long after its holder's last successful call was invoked nobody else may be granted (rule 3.1). */
    Duration exclusive() {
        return Timing.times(ttl(), 1 - capabilities.driftRate()).minus(capabilities.driftMargin());
    }

    /** Whether a lease ends only for somebody who looks. */
    boolean expiresOnlyWhenObserved() {
        return capabilities.expiry() == ExpiryClass.OBSERVED;
    }

    /** Generous: for what must happen at some time, where how soon is no matter of the rule. */
    Duration patience() {
        return Timing.max(Duration.ofSeconds(30), takeoverLimit().multipliedBy(2));
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

    private LockClient shared(String letter) {
        return clients.computeIfAbsent(
                letter, key -> fixture.client().holder(holder(key)).open());
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
        return closedAfterwards(fixture.client().holder(holder("extra")).open());
    }

    /** One more client, for this rule, with something between core and backend. */
    public LockClient client(UnaryOperator<LockBackend> between) {
        String holder = holder("wrapped");
        LockBackend backend = fixture.backend(holder);
        try {
            return closedAfterwards(
                    LockClients.builder(between.apply(backend)).holder(holder).open());
        } catch (RuntimeException | Error e) {
            backend.close();
            throw e;
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

    /** Closes what the rule that just ran opened. */
    void endRule() {
        while (!ofThisRule.isEmpty()) {
            closeQuietly(ofThisRule.pop());
        }
    }

    @Override
    public void close() {
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

package io.fencepost.lock.micrometer;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Meters of one client. Every meter has the tag {@code provider}; names of locks are a tag only if asked for, because they may be many.
 *
 * <table>
 * <caption>Meters</caption>
 * <tr><td>{@code fencepost.attempt}</td><td>timer by {@code outcome}: attempts at the backend</td></tr>
 * <tr><td>{@code fencepost.wait}</td><td>timer by {@code outcome}: calls for a lock, queueing included</td></tr>
 * <tr><td>{@code fencepost.hold}</td><td>timer by {@code end}, released or lost: how long leases lasted</td></tr>
 * <tr><td>{@code fencepost.renewal}</td><td>timer by {@code outcome}</td></tr>
 * <tr><td>{@code fencepost.lost}</td><td>counter by {@code cause}</td></tr>
 * <tr><td>{@code fencepost.handoff}</td><td>counter: leases that went straight from one call of the client to the next</td></tr>
 * <tr><td>{@code fencepost.indeterminate}</td><td>counter by {@code operation}: answers that left the outcome unknown</td></tr>
 * <tr><td>{@code fencepost.queue}</td><td>gauge: calls of this client that wait</td></tr>
 * </table>
 *
 * Thread-safe.
 */
public final class MicrometerLockObserver implements LockObserver {
    private final MeterRegistry registry;
    private final Tags tags;
    private final boolean tagByLock;
    private final AtomicInteger queue = new AtomicInteger();

    /** Without a tag for each lock. */
    public MicrometerLockObserver(MeterRegistry registry, String provider) {
        this(registry, provider, false);
    }

    /** @param tagByLock adds the tag {@code lock}; only for a bounded number of names */
    public MicrometerLockObserver(MeterRegistry registry, String provider, boolean tagByLock) {
        this.registry = registry;
        this.tags = Tags.of("provider", provider);
        this.tagByLock = tagByLock;
        Gauge.builder("fencepost.queue", queue, AtomicInteger::get)
                .description("calls for a lock that wait")
                .tags(tags)
                .register(registry);
    }

    private Tags tags(String lock, String key, Enum<?> value) {
        return tags(lock, key, value.name().toLowerCase(Locale.ROOT));
    }

    private Tags tags(String lock, String key, String value) {
        Tags all = tags.and(Tag.of(key, value));
        return tagByLock ? all.and(Tag.of("lock", lock)) : all;
    }

    @Override
    public void attempted(String lock, AttemptResult result, Duration latency) {
        registry.timer("fencepost.attempt", tags(lock, "outcome", result)).record(latency);
        if (result == AttemptResult.INDETERMINATE) {
            indeterminate(lock, "attempt");
        }
    }

    @Override
    public void waited(String lock, WaitResult result, Duration wait) {
        registry.timer("fencepost.wait", tags(lock, "outcome", result)).record(wait);
    }

    @Override
    public void renewed(String lock, RenewalResult result, Duration latency) {
        registry.timer("fencepost.renewal", tags(lock, "outcome", result)).record(latency);
        if (result == RenewalResult.INDETERMINATE) {
            indeterminate(lock, "renewal");
        }
    }

    @Override
    public void released(String lock, Duration hold) {
        registry.timer("fencepost.hold", tags(lock, "end", "released")).record(hold);
    }

    @Override
    public void handedOff(String lock) {
        registry.counter("fencepost.handoff", tagByLock ? tags.and(Tag.of("lock", lock)) : tags)
                .increment();
    }

    @Override
    public void lost(String lock, LossCause cause, Duration hold) {
        registry.timer("fencepost.hold", tags(lock, "end", "lost")).record(hold);
        registry.counter("fencepost.lost", tags(lock, "cause", cause)).increment();
    }

    @Override
    public void queueChanged(String lock, int delta) {
        queue.addAndGet(delta);
    }

    private void indeterminate(String lock, String operation) {
        registry.counter("fencepost.indeterminate", tags(lock, "operation", operation))
                .increment();
    }
}

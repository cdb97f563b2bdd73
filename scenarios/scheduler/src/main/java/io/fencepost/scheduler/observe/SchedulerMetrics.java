package io.fencepost.scheduler.observe;

import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.micrometer.MicrometerLockObserver;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.WorkerReport;
import io.fencepost.scheduler.worker.WorkerObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The meters of one process: of its lock clients, its worker, its store, and its JVM, in Prometheus' text format. All names and tags are in {@code infra/observability/README.md}. No tag has a value that
 * users choose: no ids of jobs, no tenants, no names of locks.
 *
 * <p>Timers are cumulative histograms, of which Prometheus makes quantiles over many processes. What is counted by outcome, cause or kind is there from the start with 0, because
 * Prometheus does not see the first increment of a counter that appears with it.
 *
 * <p>Thread-safe.
 */
public final class SchedulerMetrics implements AutoCloseable {
    /** What {@link #scrape()} is made of, for the answer to Prometheus. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** How often {@link #watch(JobStore)} asks the store. */
    public static final Duration WATCH_PERIOD = Duration.ofSeconds(5);

    private static final String UNNAMED_PROVIDER = "unnamed";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, LockObserver> lockObservers = new ConcurrentHashMap<>();
    private final WorkerObserver workerObserver;
    private final JvmGcMetrics gc = new JvmGcMetrics();
    private final Queue<StoreProbe> probes = new ConcurrentLinkedQueue<>();

    /** With the meters of this JVM; those of locks, workers and stores come as they are asked for. */
    public SchedulerMetrics() {
        registry.config().meterFilter(Descriptions.filter()).meterFilter(Buckets.filter());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        workerObserver = new JobMeters(registry);
    }

    /** Where all meters are, for those of an application's own. */
    public MeterRegistry registry() {
        return registry;
    }

    /** As {@link #lockObserver(String)}, for a provider without a name. */
    public LockObserver lockObserver() {
        return lockObserver(UNNAMED_PROVIDER);
    }

    /**
     * For a lock client's builder. One observer may serve several clients of one provider.
     *
     * @param provider the value of the tag {@code provider}: the scheme of the client's URI
     */
    public LockObserver lockObserver(String provider) {
        return lockObservers.computeIfAbsent(provider, this::newLockObserver);
    }

    private LockObserver newLockObserver(String provider) {
        for (Enum<?> result : LockObserver.AttemptResult.values()) {
            registry.timer("fencepost.attempt", "provider", provider, "outcome", tag(result));
        }
        for (Enum<?> result : LockObserver.WaitResult.values()) {
            registry.timer("fencepost.wait", "provider", provider, "outcome", tag(result));
        }
        for (Enum<?> result : LockObserver.RenewalResult.values()) {
            registry.timer("fencepost.renewal", "provider", provider, "outcome", tag(result));
        }
        for (String end : new String[] {"released", "lost"}) {
            registry.timer("fencepost.hold", "provider", provider, "end", end);
        }
        for (Enum<?> cause : LossCause.values()) {
            registry.counter("fencepost.lost", "provider", provider, "cause", tag(cause));
        }
        for (String operation : new String[] {"attempt", "renewal"}) {
            registry.counter("fencepost.indeterminate", "provider", provider, "operation", operation);
        }
        registry.counter("fencepost.handoff", "provider", provider);
        return new MicrometerLockObserver(registry, provider);
    }

    /** For a worker's builder. */
    public WorkerObserver workerObserver() {
        return workerObserver;
    }

    /** As {@link #watch(JobStore, Duration)}, every {@link #WATCH_PERIOD}. */
    public void watch(JobStore store) {
        watch(store, WATCH_PERIOD);
    }

    /**
     * Keeps count of the jobs of a store by state, of the workers that report to it and of how long jobs have been waiting, as of the last time that the store was asked; by a thread of its own, so that a
     * store that hangs takes no other meter with it. All processes of one store tell the same: take the maximum over them, not the sum. Until {@link #close()}; once.
     *
     * @param every positive
     */
    public void watch(JobStore store, Duration every) {
        probes.add(StoreProbe.start(store, every, registry));
    }

    /** Shows the slots of this process's worker, how many of them are taken, and whether it drains. Once. */
    public void watch(Supplier<WorkerReport> worker) {
        Gauge.builder("fencepost.scheduler.worker.slots", () -> worker.get().slots())
                .register(registry);
        Gauge.builder("fencepost.scheduler.worker.running", () -> worker.get().running())
                .register(registry);
        Gauge.builder("fencepost.scheduler.worker.draining", () -> worker.get().draining() ? 1 : 0)
                .register(registry);
    }

    /** The same store, with the time of every call and the failures counted by the name of the method. */
    public JobStore timed(JobStore store) {
        for (Method method : JobStore.class.getMethods()) {
            registry.counter("fencepost.scheduler.store.failures", "operation", operation(method));
        }
        return StoreCalls.around(store, (method, arguments, call) -> {
            long begun = System.nanoTime();
            try {
                return call.proceed();
            } catch (Throwable failure) {
                registry.counter("fencepost.scheduler.store.failures", "operation", operation(method))
                        .increment();
                throw failure;
            } finally {
                registry.timer("fencepost.scheduler.store.call", "operation", operation(method))
                        .record(Duration.ofNanos(System.nanoTime() - begun));
            }
        });
    }

    /** Everything as of now, in the text format 0.0.4. Does not ask the store. */
    public String scrape() {
        return registry.scrape();
    }

    /** Stops watching. What was counted stays readable. */
    @Override
    public void close() {
        probes.forEach(StoreProbe::close);
        gc.close();
    }

    private static String operation(Method method) {
        return method.getName();
    }

    static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}

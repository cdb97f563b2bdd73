package io.fencepost.scheduler.observe;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.worker.WorkerObserver;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Spans for OpenTelemetry: {@code submit} → {@code acquire} → {@code execute} → {@code record}, one trace for each run of a job.
 *
 * <p>A store keeps no trace context. The ids of the trace and of its root span are worked out from the job's id and the run instead, so that the API's process and those of any number of workers, one after
 * the other, write into one trace, and {@link #traceId} finds it. The root is {@code submit}, or {@code acquire} of the first try of a later run of a recurring job; the other spans are its children.
 *
 * <p>The spans count as sampled, whatever a parent says. To keep fewer, choose a sampler that goes by the trace's id, such as {@code traceidratio}: all processes then decide alike.
 *
 * <p>Thread-safe. Nothing here blocks or throws because a collector is away.
 */
public final class Tracing implements AutoCloseable {
    private static final String SCOPE = "io.fencepost.scheduler";

    private final boolean isOn;
    private final Tracer tracer;
    private final InstantSource clock;
    private final AutoCloseable exporter;

    private Tracing(OpenTelemetry telemetry, InstantSource clock, AutoCloseable exporter) {
        this.isOn = telemetry != OpenTelemetry.noop();
        this.tracer = telemetry.getTracer(SCOPE);
        this.clock = clock;
        this.exporter = exporter;
    }

    /**
     * Into an OpenTelemetry of the caller's, which stays the caller's to close. It should be made with {@link #idGenerator()}: without, a trace begins with a span that is not there.
     */
    public static Tracing into(OpenTelemetry telemetry) {
        return into(telemetry, InstantSource.system());
    }

    static Tracing into(OpenTelemetry telemetry, InstantSource clock) {
        return new Tracing(telemetry, clock, () -> {});
    }

    /**
     * As OpenTelemetry's usual environment variables and system properties say: exports to a collector over OTLP and HTTP if {@code OTEL_TRACES_EXPORTER} names an exporter, or
     * {@code OTEL_EXPORTER_OTLP_ENDPOINT} or {@code OTEL_EXPORTER_OTLP_TRACES_ENDPOINT} an address. Otherwise there are no spans, and none of the SDK is loaded. The name of the service is
     * {@code fencepost-scheduler} unless {@code OTEL_SERVICE_NAME} says otherwise.
     */
    public static Tracing fromEnvironment() {
        boolean asked = Stream.of(
                        "otel.traces.exporter", "otel.exporter.otlp.endpoint", "otel.exporter.otlp.traces.endpoint")
                .anyMatch(Tracing::isSet);
        return asked ? Sdk.start() : into(OpenTelemetry.noop());
    }

    private static boolean isSet(String property) {
        String variable = property.toUpperCase(Locale.ROOT).replace('.', '_');
        return System.getProperty(property) != null || System.getenv(variable) != null;
    }

    /** For the tracer provider of an SDK that {@link #into} is given: the ids of the roots are as worked out, all others random. */
    public static IdGenerator idGenerator() {
        return new RootIds();
    }

    /**
     * Which trace tells of a run of a job.
     *
     * @param run from 1
     * @return 32 hexadecimal digits
     */
    public static String traceId(JobId job, long run) {
        return JobTrace.of(job, run).traceId();
    }

    /** The same store, with a span for each job that is submitted through it and was not known before. */
    public JobStore traced(JobStore store) {
        return isOn ? new SubmitSpans(tracer, clock).around(store) : store;
    }

    /** For a worker's builder; one for each worker. */
    public WorkerObserver workerObserver() {
        return isOn ? new TrySpans(tracer, clock) : WorkerObserver.NONE;
    }

    /** Exports what is left, for some seconds at most. */
    @Override
    public void close() {
        try {
            exporter.close();
        } catch (Exception e) {
            throw new IllegalStateException("the spans that were left could not be exported", e);
        }
    }

    /** Apart, so that a process without spans does not load the SDK. */
    private static final class Sdk {
        private static final Map<String, String> DEFAULTS = Map.of(
                "otel.service.name", "fencepost-scheduler",
                "otel.exporter.otlp.protocol", "http/protobuf",
                "otel.metrics.exporter", "none",
                "otel.logs.exporter", "none");

        private Sdk() {}

        static Tracing start() {
            OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesSupplier(() -> DEFAULTS)
                    .addTracerProviderCustomizer((provider, properties) -> provider.setIdGenerator(idGenerator()))
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
            return new Tracing(sdk, InstantSource.system(), sdk);
        }
    }
}

package io.fencepost.scheduler.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.fencepost.lock.FencingToken;
import io.fencepost.scheduler.job.Job;
import io.fencepost.scheduler.job.JobEvent;
import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.store.Change;
import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import io.fencepost.scheduler.worker.WorkerObserver;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingTest {
    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .setIdGenerator(Tracing.idGenerator())
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .build();
    private final AtomicReference<Instant> now = new AtomicReference<>(Samples.DUE);
    private final Tracing tracing = Tracing.into(sdk, now::get);
    private final WorkerObserver worker = tracing.workerObserver();
    private final Job job = Samples.submitted("order-1");

    @AfterEach
    void close() {
        sdk.close();
    }

    @Test
    void oneTraceTellsOfAJobFromSubmissionToRecord() {
        submit(job);
        run(worker, job, 1, 1, 7, JobEvent.Kind.SUCCEEDED);

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getName).containsExactly("submit", "acquire", "execute", "record");
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(Tracing.traceId(job.id(), 1));
        SpanData root = spans.get(0);
        assertThat(root.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(spans.subList(1, 4)).extracting(SpanData::getParentSpanId).containsOnly(root.getSpanId());
        assertThat(spans).extracting(SpanData::getSpanId).doesNotHaveDuplicates();
        assertThat(spans.subList(1, 4))
                .allSatisfy(span -> assertThat(span.getAttributes().asMap())
                        .containsEntry(SpanAttributes.JOB, "order-1")
                        .containsEntry(SpanAttributes.TOKEN, 7L)
                        .containsEntry(SpanAttributes.ATTEMPT, 1L));
    }

    @Test
    void spansLastAsLongAsWhatTheyTellOf() {
        run(worker, job, 1, 1, 7, JobEvent.Kind.SUCCEEDED);

        assertThat(duration("acquire")).isEqualTo(Duration.ofMillis(20));
        assertThat(duration("execute")).isEqualTo(Duration.ofMillis(300));
        assertThat(duration("record")).isEqualTo(Duration.ofMillis(10));
        assertThat(span("record").getStartEpochNanos())
                .isEqualTo(span("execute").getEndEpochNanos());
    }

    @Test
    void workersOfOtherProcessesWriteIntoTheSameTrace() {
        submit(job);
        WorkerObserver other = Tracing.into(sdk, now::get).workerObserver();
        worker.acquired(Samples.due(job), new FencingToken(7), Duration.ZERO);
        worker.began(Samples.begun(job, 1, 1, 7), Duration.ZERO);
        run(other, job, 1, 2, 8, JobEvent.Kind.SUCCEEDED);
        worker.refused(Samples.begun(job, 1, 1, 7), new FencingToken(7), new Change.Stale(new FencingToken(8)));

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).hasSize(7);
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(Tracing.traceId(job.id(), 1));
        SpanData refused = spans.get(6);
        assertThat(refused.getName()).isEqualTo("record");
        assertThat(refused.getStatus())
                .isEqualTo(StatusData.create(StatusCode.ERROR, "refused: the token 7 is older than 8"));
    }

    @Test
    void aLaterRunHasATraceOfItsOwnThatBeginsWithItsFirstTry() {
        run(worker, job, 2, 1, 9, JobEvent.Kind.FAILED);
        run(worker, job, 2, 2, 10, JobEvent.Kind.SUCCEEDED);

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(Tracing.traceId(job.id(), 2));
        SpanData root = spans.get(0);
        assertThat(root.getName()).isEqualTo("acquire");
        assertThat(root.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(spans.subList(1, 6)).extracting(SpanData::getParentSpanId).containsOnly(root.getSpanId());
    }

    @Test
    void aFailureAndAnAbortAreToldByTheExecution() {
        Job begun = Samples.begun(job, 1, 1, 7);
        worker.acquired(Samples.due(job), new FencingToken(7), Duration.ZERO);
        worker.began(begun, Duration.ZERO);
        worker.aborted(begun, "deadline");
        worker.ended(Samples.failed(begun, "too late"), JobEvent.Kind.DIED, Duration.ZERO);

        SpanData execute = span("execute");
        assertThat(execute.getStatus().getDescription()).isEqualTo("too late");
        assertThat(execute.getEvents()).singleElement().satisfies(event -> {
            assertThat(event.getName()).isEqualTo("aborted");
            assertThat(event.getAttributes().asMap()).containsEntry(SpanAttributes.CAUSE, "deadline");
        });
        assertThat(span("record").getAttributes().asMap()).containsEntry(SpanAttributes.ENDING, "died");
    }

    @Test
    void anEndThatCouldNotBeWrittenIsTold() {
        Job begun = Samples.begun(job, 1, 1, 7);
        worker.acquired(Samples.due(job), new FencingToken(7), Duration.ZERO);
        worker.began(begun, Duration.ZERO);
        worker.unrecorded(begun, "the store is away");
        assertThat(span("record").getStatus().getDescription()).isEqualTo("not recorded: the store is away");
    }

    @Test
    void aLockThatWasGotForNothingLeavesNoSpan() {
        worker.acquired(Samples.due(job), new FencingToken(7), Duration.ZERO);
        worker.refused(job, new FencingToken(7), new Change.Stale(new FencingToken(8)));
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void aJobThatWasKnownIsNotSubmittedAgain() {
        Job second = Samples.submitted("order-2");
        JobStore store = tracing.traced(Samples.store(Map.of("submit", arguments -> List.of(job.id()))));
        assertThat(store.submit(List.of(job, second))).containsExactly(job.id());
        assertThat(exporter.getFinishedSpanItems())
                .singleElement()
                .satisfies(span -> assertThat(span.getTraceId()).isEqualTo(Tracing.traceId(second.id(), 1)));
    }

    @Test
    void aSubmissionThatFailedIsAnErrorInTheTraceOfTheOneThatFollows() {
        StoreException away = new StoreException("away", new Exception("away"));
        JobStore store = tracing.traced(Samples.store(Map.of("submit", arguments -> away)));
        assertThatThrownBy(() -> store.submit(List.of(job))).isSameAs(away);
        submit(job);

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(Tracing.traceId(job.id(), 1));
        assertThat(spans.get(0).getStatus().getDescription()).isEqualTo("away");
        assertThat(spans.get(0).getParentSpanId()).isEqualTo(spans.get(1).getSpanId());
        assertThat(spans.get(1).getParentSpanId()).isEqualTo(SpanId.getInvalid());
    }

    @Test
    void theCallersTraceIsLinked() {
        Span caller = sdk.getTracer("caller").spanBuilder("request").startSpan();
        try (Scope scope = caller.makeCurrent()) {
            assertThat(scope).isNotNull();
            submit(job);
        } finally {
            caller.end();
        }
        assertThat(span("submit").getLinks())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanContext().getTraceId())
                        .isEqualTo(caller.getSpanContext().getTraceId()));
        assertThat(span("request").getTraceId()).isNotEqualTo(span("submit").getTraceId());
    }

    @Test
    void idsAreFixedForGood() {
        assertThat(Tracing.traceId(new JobId("order-1"), 1)).isEqualTo("ca9dc96e4dc6e6fcc72ac33cfea3a67d");
        assertThat(JobTrace.of(new JobId("order-1"), 1)).isNotEqualTo(JobTrace.of(new JobId("order-1"), 2));
    }

    @Test
    void withoutAskingThereAreNoSpansAndTheStoreIsTheStore() {
        try (Tracing off = Tracing.fromEnvironment()) {
            JobStore store = Samples.store(Map.of());
            assertThat(off.traced(store)).isSameAs(store);
            assertThat(off.workerObserver()).isSameAs(WorkerObserver.NONE);
        }
    }

    @Test
    void spansGoToTheCollectorThatTheEnvironmentNames() throws IOException {
        Queue<String> received = new ConcurrentLinkedQueue<>();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
            received.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body);
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        try {
            System.setProperty(
                    "otel.exporter.otlp.endpoint",
                    "http://127.0.0.1:" + collector.getAddress().getPort());
            try (Tracing on = Tracing.fromEnvironment()) {
                on.traced(Samples.store(Map.of("submit", arguments -> List.of())))
                        .submit(List.of(job));
            }
        } finally {
            System.clearProperty("otel.exporter.otlp.endpoint");
            collector.stop(0);
        }
        String rootId =
                new String(HexFormat.of().parseHex(JobTrace.of(job.id(), 1).rootId()), StandardCharsets.ISO_8859_1);
        assertThat(received)
                .singleElement()
                .satisfies(request -> assertThat(request)
                        .startsWith("POST /v1/traces ")
                        .contains("submit", "order-1", "fencepost-scheduler", rootId)
                        .doesNotContain("payload"));
    }

    private void submit(Job submitted) {
        tracing.traced(Samples.store(Map.of("submit", arguments -> List.of()))).submit(List.of(submitted));
    }

    /** 20 ms for the lock, 300 ms of work, 10 ms for the store. */
    private void run(WorkerObserver observer, Job which, long run, int attempt, long token, JobEvent.Kind kind) {
        pass(20);
        observer.acquired(Samples.due(which), new FencingToken(token), Duration.ofMillis(20));
        Job begun = Samples.begun(which, run, attempt, token);
        observer.began(begun, Duration.ofMillis(5));
        pass(310);
        observer.ended(begun, kind, Duration.ofMillis(300));
    }

    private void pass(int milliseconds) {
        now.updateAndGet(instant -> instant.plusMillis(milliseconds));
    }

    private SpanData span(String name) {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name));
    }

    private Duration duration(String name) {
        SpanData span = span(name);
        return Duration.of(span.getEndEpochNanos() - span.getStartEpochNanos(), TimeUnit.NANOSECONDS.toChronoUnit());
    }
}

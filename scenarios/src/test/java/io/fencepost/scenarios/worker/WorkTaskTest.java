package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real worker process that works under locks in its own memory; the store here answers as it is told. */
@Timeout(180)
class WorkTaskTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TASK = 1;

    private final List<Event.Happened> reports = new CopyOnWriteArrayList<>();
    private final List<Event.StoreAsked> questions = new CopyOnWriteArrayList<>();
    private volatile boolean accepting = true;

    private boolean take(WorkerProcess worker, Event event) {
        if (event instanceof Event.Happened happened) {
            reports.add(happened);
            return true;
        }
        if (event instanceof Event.StoreAsked asked) {
            questions.add(asked);
            answer(worker, new Command.StoreAnswer(asked.request(), accepting, 41, 51, 61));
            return true;
        }
        return false;
    }

    private static void answer(WorkerProcess worker, Command.StoreAnswer answer) {
        try {
            worker.send(answer);
        } catch (WorkerException e) {
            throw new AssertionError(e);
        }
    }

    private static Command.Work work(double longHolds, double cancels, long checkGapMillis) {
        return new Command.Work(
                TASK, List.of("a", "b"), 3, 1_000_000, 1_000, 1, longHolds, 2_000, cancels, checkGapMillis, 7);
    }

    private void run(Command.Work work, java.util.function.BooleanSupplier enough) throws Exception {
        try (WorkerProcess worker = WorkerProcess.start("w1", "memory:", this::take)) {
            worker.send(work);
            await().atMost(LIMIT).until(enough::getAsBoolean);
            worker.send(new Command.Stop(TASK));
            worker.await(Event.WorkEnded.class, TASK, LIMIT);
        }
    }

    private List<Event.Happened> of(String op, String type) {
        return reports.stream()
                .filter(report -> report.op().equals(op) && report.type().equals(type))
                .toList();
    }

    @Test
    void everyOperationIsReportedWhenItBeginsAndWhenItEnds() throws Exception {
        run(work(0, 0, 0), () -> of("release", "ok").size() >= 50);

        Map<Long, List<Event.Happened>> operations =
                reports.stream().filter(report -> report.id() > 0).collect(Collectors.groupingBy(Event.Happened::id));
        assertThat(operations.values()).allSatisfy(both -> {
            assertThat(both).hasSize(2);
            assertThat(both.get(0).type()).isEqualTo("invoke");
            assertThat(both.get(1).op()).isEqualTo(both.get(0).op());
            assertThat(both.get(1).nanos()).isGreaterThanOrEqualTo(both.get(0).nanos());
        });
        assertThat(of("acquire", "ok")).hasSameSizeAs(of("release", "ok"));
        assertThat(of("exception", "info")).isEmpty();
    }

    @Test
    void aHolderReadsAndWritesWithItsTokenAndWhatItHadRead() throws Exception {
        run(work(0, 0, 0), () -> of("write", "ok").size() >= 10);

        assertThat(questions).filteredOn(asked -> asked.op().equals("write")).allSatisfy(asked -> {
            assertThat(asked.base()).isEqualTo(41);
            assertThat(asked.twinBase()).isEqualTo(51);
            assertThat(asked.twinUpdates()).isEqualTo(61);
            assertThat(asked.token()).isPositive();
        });
    }

    @Test
    void whatTheFenceRefusesIsReportedAsStale() throws Exception {
        accepting = false;
        run(work(0, 0, 0), () -> of("write", "fail").size() >= 5);

        assertThat(of("read", "fail"))
                .allMatch(report -> "stale".equals(report.fields().get("error")));
        assertThat(of("read", "ok")).isEmpty();
    }

    @Test
    void longHoldsAreRenewedAndTheRenewalsReported() throws Exception {
        run(work(1, 0, 0), () -> of("renewed", "ok").size() >= 3);

        assertThat(of("renewed", "ok")).allSatisfy(report -> {
            assertThat(number(report, "valid_until")).isGreaterThan(report.nanos());
            assertThat(number(report, "attempt")).isLessThanOrEqualTo(report.nanos());
        });
    }

    @Test
    void callsAreGivenUpWhileTheyWait() throws Exception {
        Map<String, Boolean> seen = new ConcurrentHashMap<>();
        run(work(1, 0.9, 0), () -> {
            of("acquire", "fail")
                    .forEach(report -> seen.put(String.valueOf(report.fields().get("error")), true));
            return seen.containsKey("cancelled");
        });

        assertThat(seen.keySet()).isSubsetOf("cancelled", "contended");
    }

    @Test
    void theLookBeforeTheWriteIsReportedWhereThereIsAGap() throws Exception {
        run(work(0, 0, 30), () -> of("write", "ok").size() >= 3);

        Event.Happened write = of("write", "invoke").get(0);
        Event.Happened check = of("checked", "info").stream()
                .filter(report -> number(report, "grant") == number(write, "grant"))
                .findFirst()
                .orElseThrow();
        assertThat(write.nanos() - check.nanos())
                .isGreaterThanOrEqualTo(Duration.ofMillis(30).toNanos());
    }

    private static long number(Event.Happened report, String name) {
        return report.fields().get(name) instanceof Number number ? number.longValue() : Long.MIN_VALUE;
    }
}

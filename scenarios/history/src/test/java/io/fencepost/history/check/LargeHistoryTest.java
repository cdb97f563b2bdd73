package io.fencepost.history.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.HistoryWriter;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.Word;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A long run is judged in seconds. {@code -Dfencepost.history.operations=1000000} tries a longer one. */
class LargeHistoryTest {
    private static final int OPERATIONS = Integer.getInteger("fencepost.history.operations", 100_000);
    private static final int PER_CYCLE = 4;
    private static final int LOCKS = 8;
    private static final long CYCLE = 2_000_000;

    @Test
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void isJudged(@TempDir Path path) throws IOException {
        RunFolder folder = new RunFolder(path);
        Files.writeString(
                folder.run(),
                RunFacts.builder()
                        .fact("takeover_bound_ms", 5_000)
                        .build()
                        .json()
                        .toString());
        int cycles = OPERATIONS / PER_CYCLE;
        try (HistoryWriter writer = HistoryWriter.create(folder.history())) {
            for (int i = 0; i < cycles; i++) {
                if (i == cycles / 2) {
                    writer.append(Event.builder(EventType.INFO, Op.PHASE)
                            .process(Op.RUNNER)
                            .at((long) i * CYCLE)
                            .with(Field.NAME, Word.FINAL)
                            .build());
                }
                cycle(writer, i);
            }
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begin = threads.getCurrentThreadCpuTime();
        Judgement judgement = Judgement.of(folder);
        System.out.printf(
                "%d operations, %d events: judged in %d ms of processor time, heap limit %d MB%n",
                OPERATIONS,
                judgement.events(),
                TimeUnit.NANOSECONDS.toMillis(threads.getCurrentThreadCpuTime() - begin),
                Runtime.getRuntime().maxMemory() >> 20);
        assertThat(judgement.checks())
                .allSatisfy(check -> assertThat(check.findings()).isEmpty());
        assertThat(judgement.overall()).isEqualTo(Result.VALID);
        assertThat(judgement.grants()).isEqualTo(cycles);
    }

    /** Acquire, read, renewal, write, release: of one of eight locks, all of which are busy all the time. */
    private static void cycle(HistoryWriter writer, int number) throws IOException {
        long begin = (long) number * CYCLE;
        long step = CYCLE;
        String process = "w" + number % LOCKS;
        String lock = "orders/" + number % LOCKS;
        long id = (long) number * PER_CYCLE;
        long token = number + 1L;
        long value = number / LOCKS;
        writer.append(event(EventType.INVOKE, Op.ACQUIRE, process, begin)
                .id(id)
                .with(Field.LOCK, lock)
                .with(Field.TTL_MS, 5_000)
                .with(Field.WAIT_MS, 10_000)
                .build());
        long asked = begin + step;
        writer.append(event(EventType.OK, Op.ACQUIRE, process, asked + step)
                .id(id)
                .with(Field.LOCK, lock)
                .with(Field.TOKEN, token)
                .with(Field.ATTEMPT, asked)
                .with(Field.VALID_UNTIL, asked + 5_000_000_000L)
                .build());
        access(writer, Op.READ, process, lock, id, 1, token, begin + 2 * step, value);
        writer.append(event(EventType.OK, Op.RENEWED, process, begin + 4 * step)
                .with(Field.GRANT, id)
                .with(Field.ATTEMPT, begin + 3 * step)
                .with(Field.VALID_UNTIL, begin + 3 * step + 5_000_000_000L)
                .build());
        access(writer, Op.WRITE, process, lock, id, 2, token, begin + 4 * step, value);
        writer.append(event(EventType.INVOKE, Op.RELEASE, process, begin + 6 * step)
                .id(id + 3)
                .with(Field.GRANT, id)
                .with(Field.LOCK, lock)
                .build());
        writer.append(event(EventType.OK, Op.RELEASE, process, begin + 7 * step)
                .id(id + 3)
                .with(Field.GRANT, id)
                .with(Field.OUTCOME, Word.RELEASED)
                .build());
    }

    private static void access(
            HistoryWriter writer,
            String op,
            String process,
            String lock,
            long grant,
            int offset,
            long token,
            long at,
            long base)
            throws IOException {
        long value = op.equals(Op.WRITE) ? base + 1 : base;
        writer.append(event(EventType.INVOKE, op, process, at)
                .id(grant + offset)
                .with(Field.LOCK, lock)
                .with(Field.GRANT, grant)
                .with(Field.TOKEN, token)
                .build());
        writer.append(event(EventType.OK, op, Op.STORE, at + 1)
                .with(Field.LOCK, lock)
                .with(Field.TOKEN, token)
                .with(Field.BY, process)
                .with(Field.GRANT, grant)
                .with(Field.FENCED, Word.ACCEPTED)
                .with(Field.BASE, base)
                .with(Field.VALUE, value)
                .with(Field.TWIN_BASE, base)
                .with(Field.TWIN_VALUE, value)
                .with(Field.TWIN_LOST, 0)
                .build());
        writer.append(event(EventType.OK, op, process, at + 2)
                .id(grant + offset)
                .with(Field.VALUE, value)
                .build());
    }

    private static Event.Builder event(EventType type, String op, String process, long at) {
        return Event.builder(type, op).process(process).at(at);
    }
}

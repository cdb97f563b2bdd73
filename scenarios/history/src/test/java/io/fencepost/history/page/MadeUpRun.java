package io.fencepost.history.page;

import io.fencepost.history.Errors;
import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Expectation;
import io.fencepost.history.Field;
import io.fencepost.history.HistoryWriter;
import io.fencepost.history.Op;
import io.fencepost.history.RunFacts;
import io.fencepost.history.RunFolder;
import io.fencepost.history.Word;
import io.fencepost.history.check.Judgement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A run that never was: workers that take turns at locks and update the store under them, a partition during which some tries fail, a worker that is killed while it holds
 * and one that is paused, and if asked for two holders at a time. The same seed makes the same run.
 */
final class MadeUpRun {
    private static final long MILLI = 1_000_000;
    private static final long ORIGIN = 7_654_321_000_123L;
    private static final long TTL = 2_000 * MILLI;

    private final Random random;
    private final long seed;
    private final List<Event> events = new ArrayList<>();
    private final Map<String, Long> lastId = new HashMap<>();
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, Long> values = new HashMap<>();
    private final Map<String, Long> twins = new HashMap<>();
    private List<String> workers = List.of("w1", "w2", "w3", "w4", "w5");
    private List<String> locks = List.of("orders/42", "invoices", "jobs/nightly");
    private int acquires = 300;
    private boolean overlap;
    private Expectation doubleHolder = Expectation.FORBIDDEN;
    private String scenario = "S12 mix";
    private String provider = "redlock";
    private long end;

    private MadeUpRun(long seed) {
        this.seed = seed;
        random = new Random(seed);
    }

    static MadeUpRun seed(long seed) {
        return new MadeUpRun(seed);
    }

    MadeUpRun acquires(int acquires) {
        this.acquires = acquires;
        return this;
    }

    MadeUpRun workers(int count) {
        workers = names("w", count);
        return this;
    }

    MadeUpRun locks(int count) {
        return locks(names("lock/", count));
    }

    MadeUpRun locks(List<String> names) {
        locks = names;
        return this;
    }

    /** Two holders at a time, once. */
    MadeUpRun overlap() {
        overlap = true;
        return this;
    }

    MadeUpRun doubleHolder(Expectation expectation) {
        doubleHolder = expectation;
        return this;
    }

    MadeUpRun scenario(String scenario, String provider) {
        this.scenario = scenario;
        this.provider = provider;
        return this;
    }

    private static List<String> names(String prefix, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            names.add(prefix + i);
        }
        return names;
    }

    /** Writes run.json and the history, and judges them. */
    RunFolder judged(Path folder) throws IOException {
        RunFolder run = unjudged(folder);
        Judgement.of(run);
        return run;
    }

    /** Writes run.json and the history. */
    RunFolder unjudged(Path folder) throws IOException {
        make();
        RunFolder run = new RunFolder(Files.createDirectories(folder));
        Files.writeString(run.run(), facts().json().toPrettyString());
        try (HistoryWriter writer = HistoryWriter.create(run.history())) {
            for (Event event : events) {
                writer.append(event);
            }
        }
        return run;
    }

    private RunFacts facts() {
        return RunFacts.builder()
                .with("scenario", scenario)
                .with("provider", provider)
                .with("seed", seed)
                .with("command", "fencepost chaos --scenario=S12 --provider=" + provider + " --seed=" + seed)
                .with("parameters", Map.of("ttl_ms", 2000, "locks", locks.size(), "workers", workers.size()))
                .with("versions", Map.of("fencepost", "0.1.0", "server", Map.of("redis", "7.2.4")))
                .fact("drift", 0.01)
                .fact("takeover_bound_ms", 4000)
                .fact("faults_required", 2)
                .kindsRequired(List.of(Op.ACQUIRE, Op.RELEASE, Op.READ, Op.WRITE))
                .doubleHolder(doubleHolder)
                .build();
    }

    private void make() {
        int perLock = Math.max(1, acquires / locks.size());
        long length = 0;
        for (int lock = 0; lock < locks.size(); lock++) {
            length = Math.max(length, turns(lock, perLock));
        }
        end = length;
        faults();
        runner(0, EventType.INFO, Op.PHASE, Map.of(Field.NAME, Word.WARM_UP));
        runner(expected() * 2 / 10, EventType.INFO, Op.PHASE, Map.of(Field.NAME, Word.FAULT));
        runner(end - 200 * MILLI, EventType.INFO, Op.PHASE, Map.of(Field.NAME, Word.RECOVER));
        finalRound();
        runner(end + 300 * MILLI, EventType.INFO, Op.PHASE, Map.of(Field.NAME, Word.END));
        events.sort(Comparator.comparingLong(Event::nanos));
    }

    /** One lock after the other, so that every lock has its own generations of holders. */
    private long turns(int number, int count) {
        long mean = 24 * MILLI;
        long expected = expected();
        long now = number * MILLI;
        boolean paused = number != 0;
        boolean killed = number != locks.size() - 1;
        boolean doubled = !overlap || number != locks.size() / 2;
        for (int i = 0; i < count; i++) {
            String worker = someone(now);
            boolean inFault = now > expected * 3 / 10 && now < expected * 45 / 100;
            if (random.nextInt(100) < 6) {
                contended(someone(now), number, now);
            }
            if (inFault && random.nextInt(100) < 30) {
                now = failed(worker, number, now);
                continue;
            }
            long asked = now - random.nextInt((int) (18 * MILLI));
            long granted = now + MILLI / 2 + random.nextInt((int) (2 * MILLI));
            long until = granted + (long) (mean * 0.2) + (long) (random.nextDouble() * mean * 1.4);
            if (!paused && now > expected * 5 / 10 && i + 5 < count) {
                paused = true;
                now = paused(pausedWorker(), number, asked, granted);
            } else if (!killed && now > expected * 65 / 100 && i + 5 < count) {
                killed = true;
                now = killed(killedWorker(), number, asked, granted);
            } else if (!doubled && i >= count * 8 / 10) {
                doubled = true;
                long first = hold(worker, number, asked, granted, until + 40 * MILLI);
                String other = other(worker);
                now = Math.max(first, hold(other, number, granted, until, until + 60 * MILLI));
            } else {
                now = hold(worker, number, asked, granted, until);
            }
        }
        return now;
    }

    /** About when a lock without a stop has had all its turns. */
    private long expected() {
        return Math.max(1, acquires / locks.size()) * 25L * MILLI;
    }

    private String pausedWorker() {
        return workers.get(1);
    }

    private String killedWorker() {
        return workers.get(workers.size() - 1);
    }

    /** A worker that runs then. */
    private String someone(long now) {
        String worker = workers.get(random.nextInt(workers.size()));
        long expected = expected();
        boolean paused = isAbout(now, expected / 2, TTL + 900 * MILLI) && worker.equals(pausedWorker());
        boolean killed = isAbout(now, expected * 65 / 100, TTL / 2) && worker.equals(killedWorker());
        return paused || killed ? workers.get(0) : worker;
    }

    private static boolean isAbout(long now, long begin, long length) {
        return now > begin - 150 * MILLI && now < begin + length + 200 * MILLI;
    }

    private String other(String worker) {
        return workers.get((workers.indexOf(worker) + 1) % (workers.size() > 2 ? workers.size() - 1 : workers.size()));
    }

    private long acquire(String worker, int number, long asked, long granted) {
        String lock = locks.get(number);
        long id = invoke(
                worker,
                number,
                asked,
                Op.ACQUIRE,
                Map.of(Field.LOCK, lock, Field.TTL_MS, TTL / MILLI, Field.WAIT_MS, 5000));
        long attempt = Math.max(asked, granted - 400_000);
        long token = tokens.merge(lock, 1L + random.nextInt(3), Long::sum);
        complete(
                worker,
                number,
                granted,
                EventType.OK,
                Op.ACQUIRE,
                id,
                Map.of(
                        Field.LOCK,
                        lock,
                        Field.TOKEN,
                        token,
                        Field.ATTEMPT,
                        ORIGIN + attempt,
                        Field.VALID_UNTIL,
                        ORIGIN + attempt + TTL * 98 / 100));
        return id;
    }

    private long hold(String worker, int number, long asked, long granted, long until) {
        String lock = locks.get(number);
        long id = acquire(worker, number, asked, granted);
        long token = tokens.getOrDefault(lock, 0L);
        long step = Math.max(1, (until - granted) / 8);
        update(worker, number, id, token, granted + step, step);
        long release = invoke(
                worker,
                number,
                until,
                Op.RELEASE,
                Map.of(
                        Field.GRANT,
                        id,
                        Field.LOCK,
                        lock,
                        Field.VALID_UNTIL,
                        ORIGIN + granted + TTL * 98 / 100 - 400_000));
        long released = until + 300_000 + random.nextInt(900_000);
        complete(
                worker,
                number,
                released,
                EventType.OK,
                Op.RELEASE,
                release,
                Map.of(Field.GRANT, id, Field.OUTCOME, Word.RELEASED));
        return released + 10_000;
    }

    /** Read, then write what was read and one more. */
    private void update(String worker, int number, long grant, long token, long at, long step) {
        String lock = locks.get(number);
        long value = values.getOrDefault(lock, 0L);
        long twin = twins.getOrDefault(lock, 0L);
        Map<String, Object> common = Map.of(Field.LOCK, lock, Field.TOKEN, token, Field.GRANT, grant);
        long read = invoke(worker, number, at, Op.READ, common);
        store(
                at + step / 2,
                Op.READ,
                worker,
                common,
                Map.of(Field.FENCED, Word.ACCEPTED, Field.VALUE, value, Field.TWIN_VALUE, twin));
        complete(
                worker, number, at + step, EventType.OK, Op.READ, read, Map.of(Field.GRANT, grant, Field.VALUE, value));
        long write = invoke(worker, number, at + 3 * step, Op.WRITE, common);
        values.put(lock, value + 1);
        twins.put(lock, twin + 1);
        store(
                at + 3 * step + step / 2,
                Op.WRITE,
                worker,
                common,
                Map.of(
                        Field.FENCED,
                        Word.ACCEPTED,
                        Field.BASE,
                        value,
                        Field.VALUE,
                        value + 1,
                        Field.TWIN_BASE,
                        twin,
                        Field.TWIN_VALUE,
                        twin + 1,
                        Field.TWIN_LOST,
                        0));
        complete(
                worker,
                number,
                at + 4 * step,
                EventType.OK,
                Op.WRITE,
                write,
                Map.of(Field.GRANT, grant, Field.VALUE, value + 1));
    }

    private void contended(String worker, int number, long now) {
        long id = invoke(
                worker,
                number + 100,
                now - 3 * MILLI,
                Op.ACQUIRE,
                Map.of(Field.LOCK, locks.get(number), Field.TTL_MS, TTL / MILLI, Field.WAIT_MS, 0));
        complete(
                worker,
                number + 100,
                now - 2 * MILLI,
                EventType.FAIL,
                Op.ACQUIRE,
                id,
                Map.of(Field.ERROR, Errors.CONTENDED));
    }

    private long failed(String worker, int number, long now) {
        long id = invoke(
                worker,
                number,
                now,
                Op.ACQUIRE,
                Map.of(Field.LOCK, locks.get(number), Field.TTL_MS, TTL / MILLI, Field.WAIT_MS, 5000));
        boolean unknown = random.nextInt(4) == 0;
        long ended = now + 15 * MILLI;
        complete(
                worker,
                number,
                ended,
                unknown ? EventType.INFO : EventType.FAIL,
                Op.ACQUIRE,
                id,
                Map.of(Field.ERROR, unknown ? Errors.INDETERMINATE : Errors.UNAVAILABLE));
        return ended + MILLI;
    }

    /** Stopped for longer than the ttl; when it wakes its write is refused. */
    private long paused(String worker, int number, long asked, long granted) {
        String lock = locks.get(number);
        long id = acquire(worker, number, asked, granted);
        long token = tokens.getOrDefault(lock, 0L);
        nemesis(1, "pause-worker", worker, granted + 3 * MILLI, granted + 4 * MILLI, "State: T (stopped)");
        long woken = granted + TTL + 900 * MILLI;
        long next = granted + TTL + 30 * MILLI;
        long freed = next;
        for (int i = 0; i < 9; i++) {
            freed = hold(other(worker), number, freed - MILLI, freed + MILLI, freed + 40 * MILLI);
        }
        heal(1, woken, woken + MILLI, "State: S (sleeping)");
        long write = invoke(
                worker,
                number,
                woken + 3 * MILLI,
                Op.WRITE,
                Map.of(Field.LOCK, lock, Field.TOKEN, token, Field.GRANT, id));
        store(
                woken + 4 * MILLI,
                Op.WRITE,
                worker,
                Map.of(Field.LOCK, lock, Field.TOKEN, token, Field.GRANT, id),
                Map.of(Field.FENCED, Word.REFUSED, Field.TWIN_BASE, 0, Field.TWIN_VALUE, 1, Field.TWIN_LOST, 9));
        complete(
                worker,
                number,
                woken + 5 * MILLI,
                EventType.FAIL,
                Op.WRITE,
                write,
                Map.of(Field.GRANT, id, Field.ERROR, Errors.STALE));
        observe(
                worker,
                number,
                woken + 2 * MILLI,
                EventType.INFO,
                Op.LOST,
                Map.of(Field.GRANT, id, Field.CAUSE, "validity ended"));
        return Math.max(freed, woken + 6 * MILLI);
    }

    /** Killed while it holds; its lock is free when the ttl is over. */
    private long killed(String worker, int number, long asked, long granted) {
        acquire(worker, number, asked, granted);
        runner(granted + 8 * MILLI, EventType.INFO, Op.WORKER_KILLED, Map.of(Field.TARGET, worker));
        runner(granted + TTL / 2, EventType.INFO, Op.WORKER_STARTED, Map.of(Field.TARGET, worker));
        return granted + TTL + 50 * MILLI;
    }

    private void faults() {
        long expected = expected();
        long partition = expected * 3 / 10;
        nemesis(7, "partition", "n1 | n2, n3", partition - 90 * MILLI, partition, "41 packets dropped by rule 3");
        heal(7, expected * 45 / 100, expected * 45 / 100 + 30 * MILLI, "rule 3 gone, n1 answers");
        long clock = expected * 4 / 10;
        nemesis(8, "clock", "n2", clock, clock + 60 * MILLI, "offset read back: +7.5 s");
        heal(8, expected * 6 / 10, expected * 6 / 10 + 20 * MILLI, "offset read back: 0 s");
    }

    private void finalRound() {
        runner(end, EventType.INFO, Op.PHASE, Map.of(Field.NAME, Word.FINAL));
        for (int number = 0; number < locks.size(); number++) {
            hold(workers.get(0), number, end + 5 * MILLI, end + 8 * MILLI, end + 40 * MILLI);
        }
    }

    private long invoke(String process, int thread, long at, String op, Map<String, ?> fields) {
        long id = lastId.merge(process, 1L, Long::sum);
        add(
                Event.builder(EventType.INVOKE, op)
                        .at(ORIGIN + at)
                        .process(process)
                        .thread(thread)
                        .id(id),
                fields);
        return id;
    }

    private void complete(
            String process, int thread, long at, EventType type, String op, long id, Map<String, ?> fields) {
        add(
                Event.builder(type, op)
                        .at(ORIGIN + at)
                        .process(process)
                        .thread(thread)
                        .id(id),
                fields);
    }

    private void observe(String process, int thread, long at, EventType type, String op, Map<String, ?> fields) {
        add(Event.builder(type, op).at(ORIGIN + at).process(process).thread(thread), fields);
    }

    private void store(long at, String op, String by, Map<String, ?> common, Map<String, ?> fields) {
        Event.Builder event = Event.builder(EventType.OK, op)
                .at(ORIGIN + at)
                .process(Op.STORE)
                .with(Field.BY, by);
        common.forEach(event::with);
        add(event, fields);
    }

    private void runner(long at, EventType type, String op, Map<String, ?> fields) {
        add(Event.builder(type, op).at(ORIGIN + at).process(Op.RUNNER), fields);
    }

    private void nemesis(long id, String fault, String target, long asked, long proved, String proof) {
        add(
                Event.builder(EventType.INVOKE, fault)
                        .at(ORIGIN + asked)
                        .process(Op.NEMESIS)
                        .id(id),
                Map.of(Field.TARGET, target));
        add(
                Event.builder(EventType.OK, fault)
                        .at(ORIGIN + proved)
                        .process(Op.NEMESIS)
                        .id(id),
                Map.of(Field.PROOF, proof));
    }

    private void heal(long of, long asked, long proved, String proof) {
        long id = of + 1000;
        add(
                Event.builder(EventType.INVOKE, Op.HEAL)
                        .at(ORIGIN + asked)
                        .process(Op.NEMESIS)
                        .id(id),
                Map.of(Field.OF, of));
        add(
                Event.builder(EventType.OK, Op.HEAL)
                        .at(ORIGIN + proved)
                        .process(Op.NEMESIS)
                        .id(id),
                Map.of(Field.OF, of, Field.PROOF, proof));
    }

    private void add(Event.Builder event, Map<String, ?> fields) {
        new TreeMap<>(fields).forEach(event::with);
        events.add(event.build());
    }
}

package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import io.fencepost.history.RunFacts;
import io.fencepost.history.Word;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * K5: in the protected store the tokens that are accepted never go down, and the fenced copy loses no update: each accepted write was made from the value before it, so that
 * the value at the end is the number of accepted writes. Writes that a worker was told of are in the store's log, at a time between their invocation and their return,
 * and the tokens that came were those of the grants.
 *
 * <p>The updates that the unfenced twin lost are counted as exposure, and violate nothing. A store that refused a token which was not older is a fault of the store, which
 * makes the verdict unknown.
 */
final class FencedStoreChecker implements Checker {
    static final String TWIN_LOST = "twin_lost";

    @Override
    public String id() {
        return "K5";
    }

    @Override
    public String title() {
        return "fenced store";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        Map<String, Copy> copies = new LinkedHashMap<>();
        for (Event event : history.events()) {
            if (event.process().equals(Op.STORE)
                    && event.type() == EventType.OK
                    && (event.op().equals(Op.READ) || event.op().equals(Op.WRITE))) {
                copies.computeIfAbsent(event.lock(), lock -> new Copy(history, findings))
                        .add(event);
            }
        }
        checkAcknowledged(history, copies, findings);
        findings.metric("reads_accepted", sum(copies, copy -> copy.reads));
        findings.metric("writes_accepted", sum(copies, copy -> copy.accepted));
        findings.metric("refused", sum(copies, copy -> copy.refused));
        findings.metric(TWIN_LOST, sum(copies, copy -> copy.twinLost));
        return findings.verdict();
    }

    private static long sum(Map<String, Copy> copies, ToLongFunction<Copy> count) {
        return copies.values().stream().mapToLong(count).sum();
    }

    private static void checkAcknowledged(History history, Map<String, Copy> copies, Findings findings) {
        for (Operation write : history.operations()) {
            Event answer = write.completion();
            if (!write.op().equals(Op.WRITE)
                    || !write.invoke().isOfWorker()
                    || answer == null
                    || answer.type() != EventType.OK) {
                continue;
            }
            Copy copy = copies.get(write.lock());
            List<Event> made =
                    copy == null ? List.of() : copy.writes.getOrDefault(answer.number(Field.VALUE), List.of());
            Event logged = logged(write, answer, made);
            if (logged == null) {
                findings.invalid(
                        "lock '%s': write %d of %s was acknowledged at %s with the value %d, which the store does not have from it"
                                .formatted(
                                        write.lock(),
                                        write.id(),
                                        write.process(),
                                        Text.at(history, answer.nanos()),
                                        answer.number(Field.VALUE)),
                        write.invoke().line(),
                        answer.line());
            } else if (!isBetween(write, logged, answer)) {
                findings.invalid(
                        "lock '%s': write %d of %s was in the store at %s, which is not between its invocation and its return"
                                .formatted(write.lock(), write.id(), write.process(), Text.at(history, logged.nanos())),
                        write.invoke().line(),
                        logged.line(),
                        answer.line());
            }
        }
    }

    /**
     * The write that was acknowledged, or null. Where an update was lost, several have made the same value.
     *
     * @param made the writes of that value
     */
    private static @Nullable Event logged(Operation write, Event answer, List<Event> made) {
        Event logged = null;
        for (Event event : made) {
            if (isSame(write, event) && (logged == null || isBetween(write, event, answer))) {
                logged = event;
            }
        }
        return logged;
    }

    private static boolean isBetween(Operation write, Event logged, Event answer) {
        return logged.nanos() >= write.invoked() && logged.nanos() <= answer.nanos();
    }

    private static boolean isSame(Operation write, Event logged) {
        return logged.text(Field.BY).equals(write.process())
                && logged.grant() == write.invoke().grant();
    }

    /** What the store keeps for one lock. */
    private static final class Copy {
        private final History history;
        private final Findings findings;
        private final Map<Long, List<Event>> writes = new HashMap<>();
        private @Nullable Event newest;
        private @Nullable Event last;
        private long value;
        private long reads;
        private long accepted;
        private long refused;
        private long twinLost;

        Copy(History history, Findings findings) {
            this.history = history;
            this.findings = findings;
        }

        void add(Event event) {
            checkToken(event);
            twinLost += event.number(Field.TWIN_LOST, 0);
            if (event.text(Field.FENCED).equals(Word.REFUSED)) {
                refuse(event);
            } else {
                accept(event);
            }
        }

        private void checkToken(Event event) {
            Grant grant = history.grant(event.text(Field.BY), event.grant());
            if (grant != null && grant.token() != event.token()) {
                findings.invalid(
                        "lock '%s': %s of %s for acquire %d came with token %d, but that was granted with %d"
                                .formatted(
                                        event.lock(),
                                        event.op(),
                                        event.text(Field.BY),
                                        event.grant(),
                                        event.token(),
                                        grant.token()),
                        grant.line(),
                        event.line());
            }
        }

        private void refuse(Event event) {
            refused++;
            if (newest == null || event.token() >= newest.token()) {
                findings.unknown(
                        "lock '%s': the store refused token %d at %s although it had seen no greater one"
                                .formatted(event.lock(), event.token(), Text.at(history, event.nanos())),
                        event.line());
            }
        }

        private void accept(Event event) {
            if (newest != null && event.token() < newest.token()) {
                findings.invalid(
                        Finding.Kind.TOKEN_REGRESSION,
                        "lock '%s': the store accepted token %d at %s after token %d at %s"
                                .formatted(
                                        event.lock(),
                                        event.token(),
                                        Text.at(history, event.nanos()),
                                        newest.token(),
                                        Text.at(history, newest.nanos())),
                        newest.line(),
                        event.line());
            } else {
                newest = event;
            }
            if (event.op().equals(Op.WRITE)) {
                write(event);
            } else {
                reads++;
                if (event.number(Field.VALUE, value) != value) {
                    findings.invalid(
                            "lock '%s': a read at %s gave %d where the value was %d"
                                    .formatted(
                                            event.lock(),
                                            Text.at(history, event.nanos()),
                                            event.number(Field.VALUE),
                                            value),
                            event.line());
                }
            }
        }

        private void write(Event event) {
            accepted++;
            long base = event.number(Field.BASE);
            long written = event.number(Field.VALUE);
            if (base != value) {
                String text =
                        "lock '%s': the write of %s (token %d) at %s was made from %d, but the value was %d: an update is lost"
                                .formatted(
                                        event.lock(),
                                        event.text(Field.BY),
                                        event.token(),
                                        Text.at(history, event.nanos()),
                                        base,
                                        value);
                if (last == null) {
                    findings.invalid(Finding.Kind.TOKEN_REGRESSION, text, event.line());
                } else {
                    findings.invalid(Finding.Kind.TOKEN_REGRESSION, text, last.line(), event.line());
                }
            } else if (written != base + 1) {
                findings.invalid(
                        "lock '%s': the write at %s made %d of %d"
                                .formatted(event.lock(), Text.at(history, event.nanos()), written, base),
                        event.line());
            }
            value = written;
            last = event;
            writes.computeIfAbsent(written, made -> new ArrayList<>(1)).add(event);
        }
    }
}

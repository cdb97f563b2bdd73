package io.fencepost.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a run: events by time, and what they add up to. Immutable.
 *
 * <p>Events of the same instant are in the order of their lines.
 */
public final class History {
    private static final Comparator<Event> BY_TIME =
            Comparator.comparingLong(Event::nanos).thenComparingInt(Event::line);

    private final List<Event> events;
    private final List<Operation> operations;
    private final Map<String, List<Grant>> grants;
    private final Map<String, Map<Long, Draft>> drafts;
    private final List<Problem> problems;

    /**
     * Something that the record lacks or that contradicts itself.
     *
     * @param line the number of the line
     * @param text what is wrong
     */
    public record Problem(int line, String text) {}

    History(List<Event> unsorted, List<Problem> problems) {
        List<Event> sorted = new ArrayList<>(unsorted);
        sorted.sort(BY_TIME);
        events = Collections.unmodifiableList(sorted);
        Assembly assembly = new Assembly(problems);
        events.forEach(assembly::add);
        operations = Collections.unmodifiableList(assembly.operations());
        grants = assembly.grants();
        drafts = assembly.drafts;
        this.problems = List.copyOf(assembly.problems);
    }

    /**
     * Reads a file of events, compressed with gzip or not. A last line that is not complete is skipped and becomes one of {@link #problems}.
     *
     * @throws HistoryFormatException if any other line is not an event
     */
    public static History read(Path file) throws IOException {
        return HistoryReader.read(file);
    }

    /** A history of these events, whose line numbers are their places in the list, counted from 1. */
    public static History of(List<Event> events) {
        List<Event> numbered = new ArrayList<>(events.size());
        for (Event event : events) {
            numbered.add(event.atLine(numbered.size() + 1));
        }
        return new History(numbered, List.of());
    }

    /** All events by time. */
    public List<Event> events() {
        return events;
    }

    /** All operations by the time of their invocation: of workers and of the nemesis. */
    public List<Operation> operations() {
        return operations;
    }

    /** All grants of every lock by the time when they were granted; locks in the order of their first grant. */
    public Map<String, List<Grant>> grants() {
        return grants;
    }

    /** The grant that the acquire of that id in that process made, or null if there is none. */
    public @Nullable Grant grant(String process, long id) {
        Draft draft = drafts.getOrDefault(process, Map.of()).get(id);
        return draft == null ? null : draft.finish();
    }

    /** What the record lacks, or where it contradicts itself; empty for a complete one. */
    public List<Problem> problems() {
        return problems;
    }

    /** The instant of the first event; 0 if there is none. */
    public long start() {
        return events.isEmpty() ? 0 : events.get(0).nanos();
    }

    /** The instant of the last event; 0 if there is none. */
    public long end() {
        return events.isEmpty() ? 0 : events.get(events.size() - 1).nanos();
    }

    /** Seconds from the start of the history, for people. */
    public double seconds(long nanos) {
        return (nanos - start()) / 1e9;
    }

    /** Puts operations and grants together. */
    private static final class Assembly {
        private final Map<String, Map<Long, Slot>> open = new HashMap<>();
        private final List<Slot> slots = new ArrayList<>();
        private final Map<String, Map<Long, Draft>> drafts = new HashMap<>();
        private final Map<String, List<Draft>> draftsByLock = new LinkedHashMap<>();
        private final List<Problem> problems;

        Assembly(List<Problem> problems) {
            this.problems = new ArrayList<>(problems);
        }

        void add(Event event) {
            if (event.process().equals(Op.STORE) || event.process().equals(Op.RUNNER)) {
                return;
            }
            boolean observation = event.op().equals(Op.RENEWED) || event.op().equals(Op.LOST);
            if (observation && event.isOfWorker()) {
                observe(event);
            } else if (event.type() == EventType.INVOKE) {
                invoke(event);
            } else if (event.id() != Event.NONE) {
                complete(event);
            }
        }

        private void invoke(Event event) {
            Slot slot = new Slot(event);
            slots.add(slot);
            Slot other = open.computeIfAbsent(event.process(), process -> new HashMap<>())
                    .put(event.id(), slot);
            if (other != null) {
                problem(event, "operation %d of %s is invoked twice".formatted(event.id(), event.process()));
            }
            if (event.op().equals(Op.RELEASE) && event.isOfWorker()) {
                Draft draft = draft(event);
                if (draft != null && draft.release == null) {
                    draft.release = slot;
                }
            }
        }

        private void complete(Event event) {
            Slot slot = open.getOrDefault(event.process(), Map.of()).get(event.id());
            if (slot == null || !slot.invoke.op().equals(event.op())) {
                problem(
                        event,
                        "%s %d of %s is completed without having been invoked before"
                                .formatted(event.op(), event.id(), event.process()));
                return;
            }
            open.getOrDefault(event.process(), Map.of()).remove(event.id());
            slot.completion = event;
            if (event.is(EventType.OK, Op.ACQUIRE) && event.isOfWorker()) {
                Draft draft = new Draft(slot);
                slot.early.forEach(draft::observe);
                Draft other = drafts.computeIfAbsent(event.process(), process -> new HashMap<>())
                        .put(event.id(), draft);
                if (other != null) {
                    problem(event, "id %d of %s is used twice".formatted(event.id(), event.process()));
                }
                draftsByLock
                        .computeIfAbsent(slot.invoke.lock(), lock -> new ArrayList<>())
                        .add(draft);
            }
        }

        private void observe(Event event) {
            Slot acquiring = open.getOrDefault(event.process(), Map.of()).get(event.grant());
            if (acquiring != null && acquiring.invoke.op().equals(Op.ACQUIRE)) {
                acquiring.addEarly(event);
                return;
            }
            Draft draft = draft(event);
            if (draft != null) {
                draft.observe(event);
            }
        }

        private @Nullable Draft draft(Event event) {
            Draft draft = drafts.getOrDefault(event.process(), Map.of()).get(event.grant());
            if (draft == null) {
                problem(
                        event,
                        "%s of grant %d of %s, which was not granted before"
                                .formatted(event.op(), event.grant(), event.process()));
            }
            return draft;
        }

        private void problem(Event event, String text) {
            problems.add(new Problem(event.line(), text));
        }

        List<Operation> operations() {
            List<Operation> finished = new ArrayList<>(slots.size());
            for (Slot slot : slots) {
                finished.add(slot.finish());
            }
            return finished;
        }

        Map<String, List<Grant>> grants() {
            Map<String, List<Grant>> finished = new LinkedHashMap<>();
            draftsByLock.forEach((lock, ofLock) -> {
                List<Grant> grants = new ArrayList<>(ofLock.size());
                for (Draft draft : ofLock) {
                    grants.add(draft.finish());
                }
                finished.put(lock, Collections.unmodifiableList(grants));
            });
            return Collections.unmodifiableMap(finished);
        }
    }

    private static final class Slot {
        private final Event invoke;
        private @Nullable Event completion;
        private @Nullable Operation operation;
        private List<Event> early = List.of();

        Slot(Event invoke) {
            this.invoke = invoke;
        }

        /** Takes what another thread of a holder observed of a lease before the thread that asked for it told that it was granted. */
        void addEarly(Event event) {
            if (early.isEmpty()) {
                early = new ArrayList<>(1);
            }
            early.add(event);
        }

        Operation finish() {
            if (operation == null) {
                operation = new Operation(invoke, completion);
            }
            return operation;
        }
    }

    private static final class Draft {
        private final Slot acquire;
        private final List<Event> renewals = new ArrayList<>(0);
        private @Nullable Event loss;
        private @Nullable Slot release;
        private @Nullable Grant grant;

        Draft(Slot acquire) {
            this.acquire = acquire;
        }

        void observe(Event event) {
            if (event.op().equals(Op.RENEWED)) {
                renewals.add(event);
            } else if (loss == null) {
                loss = event;
            }
        }

        Grant finish() {
            if (grant == null) {
                grant = new Grant(acquire.finish(), renewals, loss, release == null ? null : release.finish());
            }
            return grant;
        }
    }
}

package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.EventType;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import io.fencepost.history.Word;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a history shows beside verdicts.
 *
 * @param operations how many operations of workers by kind and outcome: {@code ok}, the error of a failure, {@code unknown}; of a release what it came to, of a loss its
 *     cause
 * @param takeover from the kill or pause of a holder to the next grant of its lock to another process; missing: nobody had it any more
 * @param recovery from each proved heal to the next grant of each lock; missing: there was none
 * @param unavailableMs the longest time without a grant of any lock while a fault was in force
 * @param exposure what a resource without a fence would have suffered
 */
public record Metrics(
        SortedMap<String, SortedMap<String, Integer>> operations,
        Summary takeover,
        Summary recovery,
        double unavailableMs,
        Exposure exposure) {
    /**
     * What a resource without a fence would have suffered.
     *
     * @param doubleHolders grants that were made while another was relied on (K1)
     * @param overlapTotalMs for how long, in sum
     * @param twinLost updates that the unfenced twin lost (K5)
     */
    public record Exposure(int doubleHolders, double overlapTotalMs, long twinLost) {}

    public Metrics {
        operations = Collections.unmodifiableSortedMap(new TreeMap<>(operations));
    }

    static Metrics of(History history, Exposure exposure) {
        List<Fault> faults = faults(history);
        return new Metrics(
                operations(history),
                takeover(history, faults),
                recovery(history),
                Text.toMillis(unavailable(history, faults)),
                exposure);
    }

    private static SortedMap<String, SortedMap<String, Integer>> operations(History history) {
        SortedMap<String, SortedMap<String, Integer>> counts = new TreeMap<>();
        for (Operation operation : history.operations()) {
            if (operation.invoke().isOfWorker()) {
                count(counts, operation.op(), outcome(operation));
            }
        }
        for (Event event : history.events()) {
            if (event.isOfWorker() && event.is(EventType.OK, Op.RENEWED)) {
                count(counts, Op.RENEWED, "ok");
            } else if (event.isOfWorker() && event.op().equals(Op.LOST)) {
                count(counts, Op.LOST, event.text(Field.CAUSE, "unknown"));
            }
        }
        return counts;
    }

    private static void count(SortedMap<String, SortedMap<String, Integer>> counts, String op, String outcome) {
        counts.computeIfAbsent(op, name -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
    }

    private static String outcome(Operation operation) {
        Event completion = operation.completion();
        if (completion == null || operation.outcome() == Operation.Outcome.UNKNOWN) {
            return "unknown";
        }
        if (operation.outcome() == Operation.Outcome.FAIL) {
            return operation.error().isEmpty() ? "fail" : operation.error();
        }
        return completion.text(Field.OUTCOME, "ok");
    }

    /** A fault of the nemesis, or a kill by the runner, and for how long it was in force. */
    private record Fault(String name, String target, long from, long until) {
        boolean stopsAWorker() {
            return name.startsWith("kill") || name.startsWith("pause") || name.equals(Op.WORKER_KILLED);
        }
    }

    private static List<Fault> faults(History history) {
        Map<Long, Long> healed = new HashMap<>();
        long healing = history.end();
        for (Event event : history.events()) {
            boolean recovers = event.op().equals(Op.PHASE)
                    && (event.text(Field.NAME, "").equals(Word.RECOVER)
                            || event.text(Field.NAME, "").equals(Word.FINAL));
            if (event.process().equals(Op.RUNNER) && recovers) {
                healing = Math.min(healing, event.nanos());
            }
        }
        for (Operation operation : history.operations()) {
            if (operation.process().equals(Op.NEMESIS) && operation.op().equals(Op.HEAL)) {
                Event completion = operation.completion();
                healed.put(
                        operation.invoke().number(Field.OF, Event.NONE),
                        completion == null ? operation.invoked() : completion.nanos());
            }
        }
        List<Fault> faults = new ArrayList<>();
        for (Operation operation : history.operations()) {
            if (operation.process().equals(Op.NEMESIS) && !operation.op().equals(Op.HEAL)) {
                faults.add(new Fault(
                        operation.op(),
                        target(operation),
                        since(operation),
                        healed.getOrDefault(operation.id(), Math.max(healing, operation.invoked()))));
            }
        }
        for (Event event : history.events()) {
            if (event.process().equals(Op.RUNNER) && event.op().equals(Op.WORKER_KILLED)) {
                faults.add(new Fault(event.op(), event.text(Field.TARGET), event.nanos(), event.nanos()));
            }
        }
        return faults;
    }

    /** Whom a fault hits may be known only after it began. */
    private static String target(Operation fault) {
        Event completion = fault.completion();
        String late = completion == null ? "" : completion.text(Field.TARGET, "");
        return fault.invoke().text(Field.TARGET, late);
    }

    /** A fault that waits for its victim begins later than it was asked for. */
    private static long since(Operation fault) {
        Event completion = fault.completion();
        return completion == null ? fault.invoked() : completion.number(Field.SINCE, fault.invoked());
    }

    private static Summary takeover(History history, List<Fault> faults) {
        List<Fault> stops = faults.stream().filter(Fault::stopsAWorker).toList();
        List<Long> times = new ArrayList<>();
        int missing = 0;
        for (List<Grant> grants : history.grants().values()) {
            for (Grant grant : grants) {
                long stopped = stopped(grant, stops);
                if (stopped == Grant.NEVER) {
                    continue;
                }
                long next = nextOfAnother(grants, grant, stopped);
                if (next == Grant.NEVER && grant.releaseInvoked() == Grant.NEVER) {
                    missing++;
                } else if (next < grant.releaseInvoked()) {
                    times.add(next - stopped);
                }
            }
        }
        return Summary.of(times, missing);
    }

    /** When the holder was killed or paused while it held. */
    private static long stopped(Grant grant, List<Fault> stops) {
        long stopped = Grant.NEVER;
        for (Fault fault : stops) {
            if (fault.from() >= grant.granted()
                    && fault.target().equals(grant.process())
                    && fault.from() < grant.heldUntil()) {
                stopped = Math.min(stopped, fault.from());
            }
        }
        return stopped;
    }

    private static long nextOfAnother(List<Grant> grants, Grant holder, long after) {
        for (int i = firstAfter(grants, after); i < grants.size(); i++) {
            if (!grants.get(i).process().equals(holder.process())) {
                return grants.get(i).granted();
            }
        }
        return Grant.NEVER;
    }

    /** The index of the first grant that was made at that instant or later. */
    private static int firstAfter(List<Grant> grants, long instant) {
        int low = 0;
        int high = grants.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (grants.get(middle).granted() < instant) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static Summary recovery(History history) {
        List<Long> times = new ArrayList<>();
        int missing = 0;
        for (Operation heal : history.operations()) {
            Event completion = heal.completion();
            if (!heal.process().equals(Op.NEMESIS)
                    || !heal.op().equals(Op.HEAL)
                    || completion == null
                    || heal.outcome() != Operation.Outcome.OK) {
                continue;
            }
            for (List<Grant> grants : history.grants().values()) {
                int next = firstAfter(grants, completion.nanos());
                if (next == grants.size()) {
                    missing++;
                } else {
                    times.add(grants.get(next).granted() - completion.nanos());
                }
            }
        }
        return Summary.of(times, missing);
    }

    private static long unavailable(History history, List<Fault> faults) {
        SortedSet<Long> granted = new TreeSet<>();
        history.grants().values().forEach(grants -> grants.forEach(grant -> granted.add(grant.granted())));
        long longest = 0;
        for (Fault fault : faults) {
            if (fault.until() <= fault.from()) {
                continue;
            }
            long last = fault.from();
            for (long instant : granted.subSet(fault.from(), fault.until())) {
                longest = Math.max(longest, instant - last);
                last = instant;
            }
            longest = Math.max(longest, fault.until() - last);
        }
        return longest;
    }
}

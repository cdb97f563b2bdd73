package io.fencepost.history.check;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.Grant;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import io.fencepost.history.RunFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When the faults that may make two holders of a lock were in force ({@link RunFacts#exposingFaults}): from the beginning of each to its proved end, and then until the
 * leases that were granted under it are over, which is ttl + grace, and a second for what comes late. Without that fact it is the whole run.
 */
final class ExposedTimes {
    private static final long LATE = 1_000_000_000;

    private final List<Span> spans;

    private record Span(long from, long until) {}

    private ExposedTimes(List<Span> spans) {
        this.spans = spans;
    }

    static ExposedTimes of(History history, RunFacts facts) {
        Optional<Set<String>> names = facts.exposingFaults();
        if (names.isEmpty()) {
            return new ExposedTimes(List.of(new Span(Long.MIN_VALUE, Long.MAX_VALUE)));
        }
        long after = longestTtl(history) + (long) (facts.graceMillis() * 1e6) + LATE;
        Map<Long, Long> heals = heals(history);
        List<Span> spans = new ArrayList<>();
        for (Operation fault : history.operations()) {
            if (fault.process().equals(Op.NEMESIS) && names.get().contains(fault.op())) {
                Long healed = heals.get(fault.id());
                spans.add(new Span(since(fault), healed == null ? Grant.NEVER : healed + after));
            }
        }
        return new ExposedTimes(spans);
    }

    private static Map<Long, Long> heals(History history) {
        Map<Long, Long> heals = new HashMap<>();
        for (Operation heal : history.operations()) {
            if (heal.process().equals(Op.NEMESIS)
                    && heal.op().equals(Op.HEAL)
                    && heal.outcome() == Operation.Outcome.OK) {
                heals.putIfAbsent(heal.invoke().number(Field.OF, Event.NONE), heal.latest());
            }
        }
        return heals;
    }

    private static long since(Operation fault) {
        Event completion = fault.completion();
        return completion == null ? fault.invoked() : completion.number(Field.SINCE, fault.invoked());
    }

    private static long longestTtl(History history) {
        long longest = 0;
        for (List<Grant> grants : history.grants().values()) {
            for (Grant grant : grants) {
                longest = Math.max(longest, grant.ttlMillis());
            }
        }
        return longest * 1_000_000;
    }

    /** What a double holder is that came about then. */
    Finding.Kind kind(long instant) {
        return kind(instant, instant);
    }

    /** What a double holder is that came about at one of these instants. */
    Finding.Kind kind(long earliest, long latest) {
        for (Span span : spans) {
            if (earliest <= span.until && latest >= span.from) {
                return Finding.Kind.DOUBLE_HOLDER;
            }
        }
        return Finding.Kind.UNEXPOSED_DOUBLE_HOLDER;
    }
}

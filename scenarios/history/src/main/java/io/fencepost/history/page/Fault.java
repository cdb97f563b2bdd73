package io.fencepost.history.page;

import io.fencepost.history.Event;
import io.fencepost.history.Field;
import io.fencepost.history.History;
import io.fencepost.history.Op;
import io.fencepost.history.Operation;
import io.fencepost.history.Operation.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A band of the timeline: from when a fault was in force until it was healed.
 *
 * @param name of the fault
 * @param target what it was aimed at, or an empty text
 * @param from in the history's nanoseconds; of a fault that was not proved when it was asked for
 * @param to when it was healed, or the end of the history
 * @param healed whether it was
 * @param proved whether it took effect for certain
 * @param proof what proves it, or why that is missing
 * @param healing what proves that it ended, or an empty text
 * @param detail what else the nemesis says of it
 */
record Fault(
        String name,
        String target,
        long from,
        long to,
        boolean healed,
        boolean proved,
        String proof,
        String healing,
        Map<String, Object> detail) {

    static List<Fault> of(History history) {
        Map<Long, Operation> heals = new HashMap<>();
        for (Operation operation : history.operations()) {
            if (isOfNemesis(operation) && operation.op().equals(Op.HEAL)) {
                long healed = operation.invoke().number(Field.OF, Event.NONE);
                if (healed != Event.NONE) {
                    heals.putIfAbsent(healed, operation);
                }
            }
        }
        List<Fault> faults = new ArrayList<>();
        for (Operation operation : history.operations()) {
            if (isOfNemesis(operation) && !operation.op().equals(Op.HEAL)) {
                faults.add(of(operation, heals.get(operation.id()), history));
            }
        }
        return faults;
    }

    private static boolean isOfNemesis(Operation operation) {
        return operation.process().equals(Op.NEMESIS);
    }

    private static Fault of(Operation fault, @Nullable Operation heal, History history) {
        Event completion = fault.completion();
        boolean proved = fault.outcome() == Outcome.OK;
        boolean healed = heal != null && heal.outcome() == Outcome.OK;
        long from = since(fault);
        long to = healed ? Objects.requireNonNull(heal).latest() : history.end();
        String proof = completion == null ? "" : completion.text(Field.PROOF, completion.error());
        Event end = heal == null ? null : heal.completion();
        String healing = end == null ? "" : end.text(Field.PROOF, end.error());
        Row row = Row.of(fault);
        Map<String, Object> detail = row.fields();
        List.of("id", Field.TARGET, Field.SINCE, Field.PROOF, Field.ERROR).forEach(detail::remove);
        return new Fault(
                fault.op(), words(target(fault)), from, Math.max(from, to), healed, proved, proof, healing, detail);
    }

    /** The proof may come long after the beginning, and then says when that was. */
    private static long since(Operation fault) {
        Event completion = fault.completion();
        if (completion == null) {
            return fault.invoked();
        }
        return completion.number(Field.SINCE, fault.outcome() == Outcome.OK ? completion.nanos() : fault.invoked());
    }

    /** Whom a fault hits may be known only after it began. */
    private static @Nullable Object target(Operation fault) {
        Object early = fault.invoke().value(Field.TARGET);
        Event completion = fault.completion();
        return early != null || completion == null ? early : completion.value(Field.TARGET);
    }

    /** A target may be one name or a list of them. */
    static String words(@Nullable Object target) {
        if (target instanceof List<?> list) {
            return String.join(", ", list.stream().map(String::valueOf).toList());
        }
        return target == null ? "" : target.toString();
    }
}

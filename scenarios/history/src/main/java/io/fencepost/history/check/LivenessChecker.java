package io.fencepost.history.check;

import io.fencepost.history.Errors;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * K6: after the beginning of phase {@code final}, when everything is healed, every lock that the run used is granted within the takeover bound.
 *
 * <p>Every worker that is alive then and asks for a lock is granted something as well: locks do not show a client that never recovers, as long as others get
 * them. The client is to blame if one of its acquires took longer than its own wait and the bound, or two ended unavailable or with an unknown outcome and the bound has
 * passed since the first. Otherwise, as for one that was merely refused as contended, it cannot be told.
 *
 * <p>For a lock the bound counts from the latest of that beginning, the first acquire that waits for the lock after it, and the end of a lease that is held across it; a holder that
 * neither releases nor renews counts as dead. A lock is only blamed for a late grant if an acquire was refused at the bound or waited across it. If nobody tried, it
 * cannot be told.
 */
final class LivenessChecker implements Checker {
    private static final Set<String> GIVEN_UP = Set.of(Errors.CLOSED, Errors.CANCELLED, Errors.INTERRUPTED);

    @Override
    public String id() {
        return "K6";
    }

    @Override
    public String title() {
        return "liveness";
    }

    @Override
    public Verdict check(History history, RunFacts facts) {
        Findings findings = new Findings();
        Event healed = finalPhase(history);
        if (healed == null) {
            findings.unknown("there is no phase '" + Word.FINAL + "'");
            return findings.verdict();
        }
        if (facts.takeoverBoundMillis().isEmpty()) {
            findings.unknown("facts.takeover_bound_ms is missing");
            return findings.verdict();
        }
        long bound = facts.takeoverBoundMillis().getAsLong() * 1_000_000;
        Map<String, List<Operation>> acquires = new LinkedHashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.op().equals(Op.ACQUIRE) && operation.invoke().isOfWorker()) {
                acquires.computeIfAbsent(operation.lock(), lock -> new ArrayList<>())
                        .add(operation);
            }
        }
        if (acquires.isEmpty()) {
            findings.unknown("no lock was used");
        }
        double slowest = 0;
        for (Map.Entry<String, List<Operation>> lock : acquires.entrySet()) {
            List<Grant> grants = history.grants().getOrDefault(lock.getKey(), List.of());
            slowest = Math.max(
                    slowest,
                    new Examination(history, healed, bound, lock.getKey(), lock.getValue(), grants).run(findings));
        }
        int workers = 0;
        for (Map.Entry<String, List<Operation>> worker :
                acquiresOfTheLiving(history, healed).entrySet()) {
            workers++;
            checkWorker(history, healed, bound, worker.getKey(), worker.getValue(), findings);
        }
        findings.metric("workers", workers);
        findings.metric("locks", acquires.size());
        findings.metric("slowest_ms", slowest);
        return findings.verdict();
    }

    private static @Nullable Event finalPhase(History history) {
        for (Event event : history.events()) {
            if (event.process().equals(Op.RUNNER)
                    && event.op().equals(Op.PHASE)
                    && event.text(Field.NAME).equals(Word.FINAL)) {
                return event;
            }
        }
        return null;
    }

    /** What those workers asked for after healing who had been started before it, and are not killed. */
    private static Map<String, List<Operation>> acquiresOfTheLiving(History history, Event healed) {
        Set<String> living = new HashSet<>();
        for (Event event : history.events()) {
            if (event.process().equals(Op.RUNNER)) {
                if (event.op().equals(Op.WORKER_STARTED) && event.nanos() < healed.nanos()) {
                    living.add(event.text(Field.TARGET, ""));
                } else if (event.op().equals(Op.WORKER_KILLED)) {
                    living.remove(event.text(Field.TARGET));
                }
            }
        }
        Map<String, List<Operation>> acquires = new LinkedHashMap<>();
        for (Operation operation : history.operations()) {
            if (operation.op().equals(Op.ACQUIRE)
                    && operation.invoked() >= healed.nanos()
                    && living.contains(operation.process())) {
                acquires.computeIfAbsent(operation.process(), worker -> new ArrayList<>())
                        .add(operation);
            }
        }
        return acquires;
    }

    private static void checkWorker(
            History history, Event healed, long bound, String worker, List<Operation> acquires, Findings findings) {
        for (List<Grant> grants : history.grants().values()) {
            for (Grant grant : grants) {
                if (grant.granted() >= healed.nanos() && grant.process().equals(worker)) {
                    return;
                }
            }
        }
        int inVain = 0;
        boolean isStuck = false;
        for (Operation acquire : acquires) {
            Event completion = acquire.completion();
            long end = completion == null ? history.end() : completion.nanos();
            boolean isUnknown = completion != null && acquire.outcome() == Operation.Outcome.UNKNOWN;
            if (isUnknown || acquire.error().equals(Errors.UNAVAILABLE)) {
                inVain++;
            }
            long patience = acquire.invoke().number(Field.WAIT_MS, 0) * 1_000_000;
            isStuck |= end - acquire.invoked() > patience + bound && !GIVEN_UP.contains(acquire.error());
        }
        long since = acquires.get(0).invoked();
        String text = "%s was granted nothing any more: it asked %d times from %s on, and %d times in vain"
                .formatted(worker, acquires.size(), Text.at(history, since), inVain);
        Integer[] lines = {healed.line(), acquires.get(0).invoke().line()};
        if (isStuck || (inVain >= 2 && history.end() - since > bound)) {
            findings.invalid(text, lines);
        } else {
            findings.unknown(text + "; that is too little to tell", lines);
        }
    }

    /** Of one lock. */
    private record Examination(
            History history, Event healed, long bound, String lock, List<Operation> acquires, List<Grant> grants) {
        /** @return how long the first grant took, in milliseconds; 0 if there was none */
        double run(Findings findings) {
            long wanted = wanted();
            if (wanted == Grant.NEVER) {
                findings.unknown("lock '%s': nobody asked for it after healing".formatted(lock), healed.line());
                return 0;
            }
            long from = Math.max(wanted, heldOver());
            long deadline = from + bound;
            Grant first = firstGrant();
            if (first != null && first.granted() <= deadline) {
                return Text.toMillis(Math.max(0, first.granted() - from));
            }
            Operation refused = refusedAt(deadline, first);
            String late = first == null
                    ? "was not granted any more"
                    : "was granted only at " + Text.at(history, first.granted());
            String text = "lock '%s' %s: it was wanted and not held from %s on, and the bound was %s"
                    .formatted(lock, late, Text.at(history, from), Text.at(history, deadline));
            if (refused == null) {
                findings.unknown(text + "; but nobody tried at that time", healed.line());
            } else {
                findings.invalid(text, healed.line(), refused.invoke().line());
            }
            return first == null ? 0 : Text.toMillis(first.granted() - from);
        }

        private @Nullable Grant firstGrant() {
            for (Grant grant : grants) {
                if (grant.granted() >= healed.nanos()) {
                    return grant;
                }
            }
            return null;
        }

        /** When somebody first waited for it after healing. */
        private long wanted() {
            long wanted = Grant.NEVER;
            for (Operation acquire : acquires) {
                Event completion = acquire.completion();
                boolean after = acquire.invoked() >= healed.nanos();
                boolean across = completion != null && completion.nanos() >= healed.nanos();
                if (after || across) {
                    wanted = Math.min(wanted, Math.max(acquire.invoked(), healed.nanos()));
                }
            }
            return wanted;
        }

        /** Until when somebody held it who held it when all was healed. */
        private long heldOver() {
            long until = healed.nanos();
            for (Grant grant : grants) {
                if (grant.granted() < healed.nanos() && grant.heldUntil() > healed.nanos()) {
                    boolean released = grant.releaseInvoked() != Grant.NEVER;
                    until = Math.max(until, released ? grant.heldUntil() : grant.lastAttempt());
                }
            }
            return until;
        }

        /** An acquire that shows that the lock was not to be had at the deadline. */
        private @Nullable Operation refusedAt(long deadline, @Nullable Grant first) {
            long until = first == null ? history.end() : first.granted();
            for (Operation acquire : acquires) {
                Event completion = acquire.completion();
                long end = completion == null ? history.end() : completion.nanos();
                boolean waited = acquire.invoked() <= deadline && end >= deadline;
                boolean tried = acquire.invoked() > deadline
                        && completion != null
                        && completion.type() != EventType.OK
                        && end <= until;
                boolean isDead = completion == null && acquire.invoked() < healed.nanos();
                if ((waited || tried) && !isDead && !GIVEN_UP.contains(acquire.error())) {
                    return acquire;
                }
            }
            return null;
        }
    }
}

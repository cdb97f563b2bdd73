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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The lease mutex by brute force: plays the model through all instants, in every order of the steps that an instant admits. Shares nothing with the checker but the history,
 * and is good for a handful of grants and a few dozen instants.
 */
final class LeaseMutexSearch {
    private static final long MILLI = 1_000_000;
    private static final int FREE = -1;
    private static final int SOMEBODY = -2;

    private enum Kind {
        ACQUIRE,
        RENEW,
        RELEASE,
        NOT_HELD,
        PERHAPS_ACQUIRE,
        PERHAPS_RELEASE
    }

    private record Step(Kind kind, int grant, long from, long to, long validUntil, long token) {}

    private record State(long now, int holder, long validUntil, long token, int done) {}

    private final List<Step> steps = new ArrayList<>();
    private final Set<State> dead = new HashSet<>();
    private final boolean tokens;
    private final long horizon;
    private int mandatory;

    private LeaseMutexSearch(History history, boolean tokens, boolean believing) {
        this.tokens = tokens;
        long last = 0;
        Map<Long, Integer> numbers = new HashMap<>();
        for (Operation operation : history.operations()) {
            Event completion = operation.completion();
            if (operation.op().equals(Op.ACQUIRE)
                    && operation.outcome() == Operation.Outcome.OK
                    && completion != null) {
                int number = numbers.size();
                numbers.put(operation.id(), number);
                add(
                        new Step(
                                Kind.ACQUIRE,
                                number,
                                millis(completion.number(Field.ATTEMPT)),
                                millis(completion.nanos()),
                                millis(completion.number(Field.VALID_UNTIL)),
                                completion.token()),
                        true);
            } else if (operation.op().equals(Op.ACQUIRE) && operation.outcome() == Operation.Outcome.UNKNOWN) {
                add(new Step(Kind.PERHAPS_ACQUIRE, SOMEBODY, millis(operation.invoked()), Long.MAX_VALUE, 0, 0), false);
            } else if (operation.op().equals(Op.RELEASE)) {
                int number = numbers.getOrDefault(operation.invoke().grant(), FREE);
                boolean known = operation.outcome() == Operation.Outcome.OK && completion != null;
                boolean released = known
                        && completion != null
                        && completion.text(Field.OUTCOME).equals(Word.RELEASED);
                Kind kind = known ? released && believing ? Kind.RELEASE : Kind.NOT_HELD : Kind.PERHAPS_RELEASE;
                long to = known && completion != null ? millis(completion.nanos()) : Long.MAX_VALUE;
                add(new Step(kind, number, millis(operation.invoked()), to, 0, 0), known);
            }
        }
        for (Event event : history.events()) {
            if (event.is(EventType.OK, Op.RENEWED)) {
                add(
                        new Step(
                                Kind.RENEW,
                                numbers.getOrDefault(event.grant(), FREE),
                                millis(event.number(Field.ATTEMPT)),
                                millis(event.nanos()),
                                millis(event.number(Field.VALID_UNTIL)),
                                0),
                        true);
            }
        }
        for (Step step : steps) {
            last = Math.max(last, step.to == Long.MAX_VALUE ? step.from : step.to);
        }
        horizon = last;
    }

    /** Whether there is a linearization; one in the order of tokens, if that is asked for. */
    static boolean isLinearizable(History history, boolean tokens) {
        LeaseMutexSearch search = new LeaseMutexSearch(history, tokens, true);
        return search.play(new State(0, FREE, 0, Long.MIN_VALUE, 0));
    }

    /** Whether there is a linearization without regard to tokens, if every release that was answered {@code released} may have found nothing. */
    static boolean isLinearizableUnlessReleased(History history) {
        LeaseMutexSearch search = new LeaseMutexSearch(history, false, false);
        return search.play(new State(0, FREE, 0, Long.MIN_VALUE, 0));
    }

    private static long millis(long nanos) {
        return nanos / MILLI;
    }

    private void add(Step step, boolean must) {
        if (must) {
            mandatory |= 1 << steps.size();
        }
        steps.add(step);
    }

    private boolean play(State state) {
        if ((state.done & mandatory) == mandatory) {
            return true;
        }
        if (state.now > horizon || !dead.add(state)) {
            return false;
        }
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            if ((state.done & 1 << i) == 0 && step.from <= state.now && state.now <= step.to) {
                State next = take(state, step, state.done | 1 << i);
                if (next != null && play(next)) {
                    return true;
                }
            }
        }
        boolean mayEnd = state.holder == SOMEBODY || (state.holder >= 0 && state.now >= state.validUntil);
        if (mayEnd && play(new State(state.now, FREE, 0, state.token, state.done))) {
            return true;
        }
        for (int i = 0; i < steps.size(); i++) {
            if ((mandatory & 1 << i) != 0 && (state.done & 1 << i) == 0 && steps.get(i).to <= state.now) {
                return false;
            }
        }
        return play(new State(state.now + 1, state.holder, state.validUntil, state.token, state.done));
    }

    private @org.jspecify.annotations.Nullable State take(State state, Step step, int done) {
        return switch (step.kind) {
            case ACQUIRE ->
                state.holder != FREE || (tokens && step.token <= state.token)
                        ? null
                        : new State(state.now, step.grant, step.validUntil, tokens ? step.token : state.token, done);
            case RENEW ->
                state.holder != step.grant
                        ? null
                        : new State(
                                state.now,
                                state.holder,
                                Math.max(state.validUntil, step.validUntil),
                                state.token,
                                done);
            case RELEASE -> state.holder != step.grant ? null : new State(state.now, FREE, 0, state.token, done);
            case NOT_HELD ->
                !hasBegun(state, step.grant)
                        ? null
                        : state.holder == step.grant
                                ? new State(state.now, FREE, 0, state.token, done)
                                : new State(state.now, state.holder, state.validUntil, state.token, done);
            case PERHAPS_ACQUIRE -> state.holder != FREE ? null : new State(state.now, SOMEBODY, 0, state.token, done);
            case PERHAPS_RELEASE ->
                state.holder != step.grant ? null : new State(state.now, FREE, 0, state.token, done);
        };
    }

    private boolean hasBegun(State state, int grant) {
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).kind == Kind.ACQUIRE && steps.get(i).grant == grant) {
                return (state.done & 1 << i) != 0;
            }
        }
        return false;
    }

    /** For messages: the grants of a history and their ends. */
    static String tell(History history) {
        StringBuilder text = new StringBuilder();
        for (List<Grant> grants : history.grants().values()) {
            grants.forEach(grant -> text.append(grant).append('\n'));
        }
        history.events().forEach(event -> text.append(event).append('\n'));
        return text.toString();
    }
}

package io.fencepost.lock.redlock;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Decides one attempt from what the nodes say, without time, threads or I/O: the part of the algorithm that the proof in {@link RedlockBackend} is about.
 *
 * <p>Each event is fed in once and answers with what to do next. Not thread-safe.
 */
final class AcquireRound {
    /** What is to be done after an event. */
    sealed interface Step {
        /** Nothing; the round goes on, or is over and was answered before. */
        record Wait() implements Step {}

        /** Send these RAISEs. */
        record Raise(List<RaiseOrder> orders) implements Step {}

        /** The attempt holds the lock with this token. Final. */
        record Held(long token) implements Step {}

        /** The attempt will never hold the lock; free what it may have got. Final. */
        record GiveUp(Verdict verdict) implements Step {}
    }

    /** One RAISE at one node, from the fence that it granted to the token. */
    record RaiseOrder(int node, long from, long to) {}

    /** Why an attempt failed. */
    enum Verdict {
        /** Fewer than a quorum can bear its mark, and somebody else's mark is one reason. */
        CONTENDED,
        /** Fewer than a quorum can bear its mark, because too few nodes can be asked. */
        UNAVAILABLE,
        /** A quorum may bear its mark, or may yet come to, until it is freed or expires. */
        INDETERMINATE
    }

    /** What is known of one node. */
    private enum Vote {
        /** Not heard of. */
        ASKED,
        /** Bears our mark, with a fence that may be the token. */
        GRANTED,
        /** Bears our mark; told to raise its fence to the token. */
        RAISING,
        /** Bore our mark while its fence was the token. */
        SETTLED,
        /** Bears or bore our mark, but its fence is above the token or it refused to raise it. */
        STRAY,
        /** Bears somebody else's mark. */
        DENIED,
        /** Does not bear our mark and never will. */
        ABSENT,
        /** May bear our mark. */
        LOST
    }

    private static final Step WAIT = new Step.Wait();

    private final int quorum;
    private final Vote[] votes;
    private final long[] fences;
    private final long[] remaining;
    private boolean raising;
    private long token;
    private boolean over;

    /** @param nodes how many there are, odd */
    AcquireRound(int nodes) {
        quorum = nodes / 2 + 1;
        votes = new Vote[nodes];
        Arrays.fill(votes, Vote.ASKED);
        fences = new long[nodes];
        remaining = new long[nodes];
    }

    /** A node took our mark and says what its fence is now. */
    Step granted(int node, long fence) {
        if (over) {
            return WAIT;
        }
        fences[node] = fence;
        if (!raising) {
            votes[node] = Vote.GRANTED;
            return firstQuorum(fence);
        }
        if (fence < token) {
            votes[node] = Vote.RAISING;
            return new Step.Raise(List.of(new RaiseOrder(node, fence, token)));
        }
        // a fence above the token may have been another's token already, so this node must not vouch for ours
        votes[node] = fence == token ? Vote.SETTLED : Vote.STRAY;
        return judge();
    }

    private Step firstQuorum(long fence) {
        int equal = 0;
        for (int i = 0; i < votes.length; i++) {
            if (votes[i] == Vote.GRANTED && fences[i] == fence) {
                equal++;
            }
        }
        if (equal >= quorum) {
            token = fence;
            return held();
        }
        if (count(Vote.GRANTED) < quorum) {
            return judge();
        }
        raising = true;
        for (int i = 0; i < votes.length; i++) {
            if (votes[i] == Vote.GRANTED) {
                token = Math.max(token, fences[i]);
            }
        }
        List<RaiseOrder> orders = new ArrayList<>(quorum);
        for (int i = 0; i < votes.length; i++) {
            if (votes[i] == Vote.GRANTED) {
                if (fences[i] == token) {
                    votes[i] = Vote.SETTLED;
                } else {
                    votes[i] = Vote.RAISING;
                    orders.add(new RaiseOrder(i, fences[i], token));
                }
            }
        }
        return new Step.Raise(orders);
    }

    /** A node bears another's mark for at most {@code millis} more, negative if it cannot say. */
    Step denied(int node, long millis) {
        if (over) {
            return WAIT;
        }
        votes[node] = Vote.DENIED;
        remaining[node] = millis;
        return judge();
    }

    /** A node answered a RAISE: its fence is the token and the mark is ours, or not. */
    Step raised(int node, boolean there) {
        if (over) {
            return WAIT;
        }
        votes[node] = there ? Vote.SETTLED : Vote.STRAY;
        return judge();
    }

    /** A node did not answer, and will not. */
    Step failed(int node, boolean mayTakeEffect) {
        if (over) {
            return WAIT;
        }
        votes[node] = votes[node] == Vote.ASKED && !mayTakeEffect ? Vote.ABSENT : Vote.LOST;
        return judge();
    }

    /** No more answers are waited for. */
    Step timedOut() {
        if (over) {
            return WAIT;
        }
        for (int i = 0; i < votes.length; i++) {
            if (votes[i] == Vote.ASKED || votes[i] == Vote.RAISING) {
                votes[i] = Vote.LOST;
            }
        }
        return judge();
    }

    private Step judge() {
        int settled = count(Vote.SETTLED);
        if (settled >= quorum) {
            return held();
        }
        int hopeful = raising ? settled + count(Vote.RAISING) : count(Vote.GRANTED);
        if (hopeful + count(Vote.ASKED) >= quorum) {
            return WAIT;
        }
        over = true;
        return new Step.GiveUp(verdict());
    }

    private Step held() {
        over = true;
        return new Step.Held(token);
    }

    private Verdict verdict() {
        int absent = count(Vote.ABSENT);
        int denied = count(Vote.DENIED);
        if (votes.length - absent - denied >= quorum) {
            return Verdict.INDETERMINATE;
        }
        boolean quorumInReach = votes.length - absent - count(Vote.LOST) >= quorum;
        return denied > 0 && quorumInReach ? Verdict.CONTENDED : Verdict.UNAVAILABLE;
    }

    private int count(Vote wanted) {
        int count = 0;
        for (Vote vote : votes) {
            if (vote == wanted) {
                count++;
            }
        }
        return count;
    }

    /** All that the next decisions depend on. */
    @Override
    public String toString() {
        return Arrays.toString(votes)
                + Arrays.toString(fences)
                + (raising ? " to " + token : "")
                + (over ? " over" : "");
    }

    /** When the marks of others will have expired at enough nodes for a quorum, in milliseconds, as far as the answers so far tell. */
    OptionalLong millisToQuorum() {
        long[] denials = new long[votes.length];
        int count = 0;
        for (int i = 0; i < votes.length; i++) {
            if (votes[i] == Vote.DENIED && remaining[i] >= 0) {
                denials[count++] = remaining[i];
            }
        }
        if (count == 0) {
            return OptionalLong.empty();
        }
        Arrays.sort(denials, 0, count);
        int needed = Math.max(1, quorum - count(Vote.GRANTED));
        return OptionalLong.of(denials[Math.min(needed, count) - 1]);
    }
}

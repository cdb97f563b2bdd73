package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.AcquireRound.RaiseOrder;
import io.fencepost.lock.redlock.AcquireRound.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that carry out the scripts, attempts that are decided by {@link AcquireRound}, and between them connections that delay, lose and break. No time: what may happen next is a
 * list of actions, of which the caller picks one, so that a test can go through all orders or draw them.
 */
final class FencingModel {
    /** What can be done wrong; each must be noticed. */
    enum Weakness {
        NONE,
        /** The greatest fence becomes the token without a node being told. */
        NO_RAISE,
        /** RAISE sets the fence whoever's mark is there. */
        RAISE_WITHOUT_CONDITION,
        /** Nodes that denied are raised too, and counted. */
        RAISE_WHERE_DENIED,
        /** A late grant counts although its fence is above the token. */
        LATE_GRANT_ABOVE_TOKEN,
        /** HANDOFF takes the lock whoever's mark is there. */
        HANDOFF_FROM_ANYBODY,
        /** HANDOFF puts the successor's mark in place of the predecessor's, and leaves the fence. */
        HANDOFF_KEEPS_FENCE,
        /** The predecessor counts as the holder until the successor does. */
        HANDOFF_WHILE_HELD;

        boolean isOfHandoff() {
            return name().startsWith("HANDOFF");
        }
    }

    /** Whether nodes may lose all they have at any moment, and what is done about that. */
    enum Amnesia {
        NEVER(true),
        /** They stay out until no attempt from before is under way, and are then caught up from a quorum of members. */
        GUARDED(true),
        /** Nothing is done. */
        UNGUARDED(false),
        /** Clients that do not know of the loss are granted locks before the node is caught up. */
        GRANTS_MEANWHILE(false),
        /** They stay out, and come back as empty as they are. */
        NO_CATCH_UP(false),
        /** One member less is read than is a quorum. */
        TOO_FEW_SOURCES(false),
        /** Nodes are read that have forgotten as well. */
        FORGETFUL_SOURCES(false),
        /** They are caught up at once, while attempts from before are still under way. */
        NO_QUARANTINE(false);

        private final boolean right;

        Amnesia(boolean right) {
            this.right = right;
        }

        boolean isRight() {
            return right;
        }
    }

    private enum Kind {
        ACQUIRE,
        HANDOFF,
        RAISE,
        RELEASE
    }

    /**
     * A script on its way to a node.
     *
     * @param from of RAISE, the fence; of HANDOFF, the predecessor
     */
    private record Request(Kind kind, int attempt, long from, long to) {}

    /** An answer on its way back: what it says, and what hearing it does. */
    private record Reply(String text, Runnable hear) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** A script of a broken connection that the node may still carry out. */
    private record Straggler(Request request, int node) {}

    /** Something that may happen next. */
    record Action(String name, Runnable run) {}

    private static final class ModelNode {
        long fence;
        int mark = -1;
        boolean member = true;
        /** Whose attempts were under way when it forgot, and so may count its grant. */
        final Set<Integer> before = new TreeSet<>();
        /** The nodes that its fence was raised to. */
        final Set<Integer> sources = new TreeSet<>();
    }

    private static final class Channel {
        List<Request> requests = new ArrayList<>();
        Deque<Reply> replies = new ArrayDeque<>();
        boolean broken;
    }

    private static final class Attempt {
        final int id;
        final AcquireRound round;
        final Channel[] channels;
        final boolean[] denied;
        final long hint;

        @Nullable
        Attempt predecessor;

        boolean started;
        boolean held;
        boolean over;
        long token;
        int startedAt;
        int heldAt;

        Attempt(int id, int nodes, long hint) {
            this.id = id;
            this.hint = hint;
            round = new AcquireRound(nodes);
            channels = new Channel[nodes];
            denied = new boolean[nodes];
            for (int i = 0; i < nodes; i++) {
                channels[i] = new Channel();
            }
        }
    }

    private final Weakness weakness;
    private final Amnesia amnesia;
    private final boolean expiry;
    private final boolean handoffs;
    private final ModelNode[] nodes;
    private final List<Attempt> attempts = new ArrayList<>();
    private final List<Straggler> stragglers = new ArrayList<>();
    private int clock;
    private int caughtUp;
    private String violation = "";

    /**
     * @param amnesia whether nodes may lose all they have
     * @param expiry whether marks may vanish at any moment, as with clocks that know no bounds; then only the order of tokens is asked for, else exclusion too
     * @param handoffs whether a holder may hand the lock to an attempt that was not started yet
     * @param fences what the nodes begin with
     * @param hints one for each attempt
     */
    FencingModel(Weakness weakness, Amnesia amnesia, boolean expiry, boolean handoffs, long[] fences, long[] hints) {
        this.weakness = weakness;
        this.amnesia = amnesia;
        this.expiry = expiry;
        this.handoffs = handoffs;
        nodes = new ModelNode[fences.length];
        for (int i = 0; i < fences.length; i++) {
            nodes[i] = new ModelNode();
            nodes[i].fence = fences[i];
        }
        for (int i = 0; i < hints.length; i++) {
            attempts.add(new Attempt(i, fences.length, hints[i]));
        }
    }

    /** What went wrong, empty if nothing did. */
    String violation() {
        return violation;
    }

    /** How many attempts came to hold the lock. */
    long held() {
        return attempts.stream().filter(attempt -> attempt.heldAt > 0).count();
    }

    /** How many attempts came to hold the lock by a handoff. */
    long handedOff() {
        return attempts.stream()
                .filter(attempt -> attempt.heldAt > 0 && attempt.predecessor != null)
                .count();
    }

    /** How often a node that forgot came to count again. */
    int caughtUp() {
        return caughtUp;
    }

    List<Action> enabled() {
        List<Action> actions = new ArrayList<>();
        for (Attempt attempt : attempts) {
            if (!attempt.started) {
                actions.add(new Action("start " + attempt.id, () -> start(attempt)));
                continue;
            }
            if (attempt.held) {
                actions.add(new Action("release " + attempt.id, () -> release(attempt)));
                addHandoff(actions, attempt);
            } else if (!attempt.over) {
                actions.add(new Action("deadline " + attempt.id, () -> apply(attempt, attempt.round.timedOut())));
            }
            for (int i = 0; i < nodes.length; i++) {
                addChannelActions(actions, attempt, i);
            }
        }
        for (int i = 0; i < stragglers.size(); i++) {
            int index = i;
            actions.add(new Action("straggler", () -> {
                Straggler straggler = stragglers.remove(index);
                execute(straggler.request(), straggler.node());
            }));
        }
        for (ModelNode node : nodes) {
            if (expiry && node.mark >= 0) {
                actions.add(new Action("expire", () -> node.mark = -1));
            }
            if (amnesia != Amnesia.NEVER && node.fence > 0) {
                actions.add(new Action("forget", () -> forget(node)));
            }
        }
        for (int i = 0; i < nodes.length; i++) {
            addCatchUpActions(actions, i);
        }
        return actions;
    }

    private void addHandoff(List<Action> actions, Attempt holder) {
        if (!handoffs) {
            return;
        }
        attempts.stream()
                .filter(attempt -> !attempt.started)
                .findFirst()
                .ifPresent(next ->
                        actions.add(new Action("hand off " + holder.id + next.id, () -> handOff(holder, next))));
    }

    private void handOff(Attempt holder, Attempt next) {
        holder.held = weakness == Weakness.HANDOFF_WHILE_HELD;
        next.started = true;
        next.startedAt = ++clock;
        next.predecessor = holder;
        for (Channel channel : next.channels) {
            channel.requests.add(new Request(Kind.HANDOFF, next.id, holder.id, 0));
        }
    }

    /** A node that was not yet asked for the predecessor need not hear of it any more. */
    private void addSkip(List<Action> actions, Attempt attempt, int node, Request request) {
        Attempt predecessor = attempt.predecessor;
        if (request.kind() != Kind.HANDOFF || predecessor == null || request.from() != predecessor.id) {
            return;
        }
        List<Request> before = predecessor.channels[node].requests;
        before.stream()
                .filter(earlier -> earlier.kind() == Kind.HANDOFF)
                .findFirst()
                .ifPresent(earlier -> actions.add(new Action("skip " + predecessor.id + node, () -> {
                    before.remove(earlier);
                    List<Request> own = attempt.channels[node].requests;
                    own.set(own.indexOf(request), new Request(Kind.HANDOFF, attempt.id, earlier.from(), 0));
                    apply(predecessor, predecessor.round.failed(node, false));
                })));
    }

    private void forget(ModelNode node) {
        node.mark = -1;
        node.fence = 0;
        if (amnesia == Amnesia.UNGUARDED) {
            return;
        }
        node.member = false;
        node.sources.clear();
        for (Attempt attempt : attempts) {
            if (attempt.started) {
                node.before.add(attempt.id);
            }
        }
    }

    /** Reading a source and raising to what it showed is one step: nobody sees the fence of the node in between. */
    private void addCatchUpActions(List<Action> actions, int index) {
        ModelNode node = nodes[index];
        if (node.member || (amnesia != Amnesia.NO_QUARANTINE && !isHarmless(node))) {
            return;
        }
        for (int i = 0; i < nodes.length; i++) {
            ModelNode source = nodes[i];
            boolean readable = source.member || amnesia == Amnesia.FORGETFUL_SOURCES;
            if (i != index && readable && !node.sources.contains(i)) {
                int number = i;
                actions.add(new Action("read " + index + number, () -> {
                    node.fence = Math.max(node.fence, source.fence);
                    node.sources.add(number);
                }));
            }
        }
        int needed = switch (amnesia) {
            case NO_CATCH_UP -> 0;
            case TOO_FEW_SOURCES -> nodes.length / 2;
            default -> nodes.length / 2 + 1;
        };
        if (node.sources.size() >= needed) {
            actions.add(new Action("admit " + index, () -> {
                node.member = true;
                node.before.clear();
                node.sources.clear();
                caughtUp++;
            }));
        }
    }

    /** The longest ttl is over: attempts from before hold the lock or never will, and where nothing else expires, no longer do. */
    private boolean isHarmless(ModelNode node) {
        return node.before.stream().map(attempts::get).allMatch(attempt -> attempt.over && (expiry || !attempt.held));
    }

    private void addChannelActions(List<Action> actions, Attempt attempt, int node) {
        Channel channel = attempt.channels[node];
        for (Request request : channel.requests) {
            String what = request.kind() == Kind.RELEASE ? "free " : "run ";
            actions.add(new Action(what + attempt.id + node, () -> run(attempt, node, request)));
            addSkip(actions, attempt, node, request);
        }
        if (!channel.replies.isEmpty()) {
            actions.add(new Action(
                    "reply " + attempt.id + node,
                    () -> channel.replies.remove().hear().run()));
        }
        boolean awaited = channel.requests.stream().anyMatch(request -> request.kind() != Kind.RELEASE)
                || !channel.replies.isEmpty();
        if (!attempt.over && awaited && !channel.broken) {
            actions.add(new Action("break " + attempt.id + node, () -> breakChannel(attempt, node)));
        }
    }

    private void start(Attempt attempt) {
        attempt.started = true;
        attempt.startedAt = ++clock;
        for (Channel channel : attempt.channels) {
            channel.requests.add(new Request(Kind.ACQUIRE, attempt.id, 0, 0));
        }
    }

    /** The connection breaks: answers are lost, and what was sent may still be carried out at any later time, or never. */
    private void breakChannel(Attempt attempt, int node) {
        Channel channel = attempt.channels[node];
        for (Request request : channel.requests) {
            stragglers.add(new Straggler(request, node));
            freePredecessor(request, node);
        }
        channel.requests.clear();
        channel.replies.clear();
        channel.broken = true;
        apply(attempt, attempt.round.failed(node, true));
    }

    /** Where a HANDOFF did not come to anything, or may not have, its predecessor is released by itself. */
    private void freePredecessor(Request request, int node) {
        if (request.kind() == Kind.HANDOFF) {
            int predecessor = (int) request.from();
            attempts.get(predecessor).channels[node].requests.add(new Request(Kind.RELEASE, predecessor, 0, 0));
        }
    }

    private void run(Attempt attempt, int node, Request request) {
        Channel channel = attempt.channels[node];
        channel.requests.remove(request);
        Reply reply = execute(request, node);
        if (!attempt.over && request.kind() != Kind.RELEASE) {
            channel.replies.add(reply);
        }
    }

    /** Carries out a script, and returns what hearing its answer does. */
    private Reply execute(Request request, int index) {
        ModelNode node = nodes[index];
        Attempt attempt = attempts.get(request.attempt());
        return switch (request.kind()) {
            case ACQUIRE -> acquire(node, index, attempt, attempt.hint);
            case HANDOFF -> handoff(node, index, attempt, request);
            case RAISE -> raise(node, index, attempt, request);
            case RELEASE -> {
                if (node.mark == attempt.id) {
                    node.mark = -1;
                }
                yield new Reply("released", () -> {});
            }
        };
    }

    private Reply handoff(ModelNode node, int index, Attempt attempt, Request request) {
        if (!node.member && amnesia != Amnesia.GRANTS_MEANWHILE) {
            freePredecessor(request, index);
        } else if (node.mark == request.from() || weakness == Weakness.HANDOFF_FROM_ANYBODY) {
            if (weakness == Weakness.HANDOFF_KEEPS_FENCE) {
                node.mark = attempt.id;
            } else if (node.mark != attempt.id) {
                node.mark = -1;
            }
        }
        Attempt predecessor = attempt.predecessor;
        return acquire(node, index, attempt, predecessor == null ? 0 : Math.max(attempt.hint, predecessor.token));
    }

    private Reply acquire(ModelNode node, int index, Attempt attempt, long hint) {
        if (!node.member && amnesia != Amnesia.GRANTS_MEANWHILE) {
            return new Reply("refused", () -> apply(attempt, attempt.round.failed(index, false)));
        }
        if (node.mark >= 0 && node.mark != attempt.id) {
            return new Reply("denied", () -> {
                attempt.denied[index] = true;
                apply(attempt, attempt.round.denied(index, 1));
            });
        }
        if (node.mark != attempt.id) {
            node.fence = Math.max(node.fence, hint) + 1;
            node.mark = attempt.id;
        }
        long fence = node.fence;
        return new Reply(
                "granted " + fence, () -> apply(attempt, attempt.round.granted(index, counted(attempt, fence))));
    }

    private Reply raise(ModelNode node, int index, Attempt attempt, Request request) {
        if (request.from() < 0) {
            node.fence = Math.max(node.fence, request.to());
            return new Reply("raised anyway", () -> apply(attempt, attempt.round.granted(index, request.to())));
        }
        boolean there = node.mark == attempt.id && (node.fence == request.from() || node.fence == request.to());
        if (there || weakness == Weakness.RAISE_WITHOUT_CONDITION) {
            node.fence = Math.max(node.fence, request.to());
            return new Reply("raised", () -> apply(attempt, attempt.round.raised(index, true)));
        }
        return new Reply("not raised", () -> apply(attempt, attempt.round.raised(index, false)));
    }

    private long counted(Attempt attempt, long fence) {
        boolean late = attempt.token > 0 && fence > attempt.token;
        return weakness == Weakness.LATE_GRANT_ABOVE_TOKEN && late ? attempt.token : fence;
    }

    private void apply(Attempt attempt, Step step) {
        if (step instanceof Step.Raise raise) {
            raise(attempt, raise.orders());
        } else if (step instanceof Step.Held held) {
            attempt.over = true;
            attempt.held = true;
            attempt.token = held.token();
            attempt.heldAt = ++clock;
            check(attempt);
        } else if (step instanceof Step.GiveUp) {
            attempt.over = true;
            for (int i = 0; i < nodes.length; i++) {
                attempt.channels[i].requests.add(new Request(Kind.RELEASE, attempt.id, 0, 0));
            }
        }
    }

    private void raise(Attempt attempt, List<RaiseOrder> orders) {
        for (RaiseOrder order : orders) {
            attempt.token = order.to();
            if (weakness == Weakness.NO_RAISE) {
                apply(attempt, attempt.round.raised(order.node(), true));
            } else {
                attempt.channels[order.node()].requests.add(
                        new Request(Kind.RAISE, attempt.id, order.from(), order.to()));
            }
        }
        for (int i = 0; weakness == Weakness.RAISE_WHERE_DENIED && i < nodes.length; i++) {
            if (attempt.denied[i]) {
                attempt.channels[i].requests.add(new Request(Kind.RAISE, attempt.id, -1, attempt.token));
            }
        }
    }

    private void release(Attempt attempt) {
        attempt.held = false;
        for (Channel channel : attempt.channels) {
            channel.requests.add(new Request(Kind.RELEASE, attempt.id, 0, 0));
        }
    }

    private void check(Attempt latest) {
        for (Attempt other : attempts) {
            if (other == latest || other.heldAt == 0) {
                continue;
            }
            if (other.token == latest.token) {
                violation = "token " + latest.token + " twice";
            } else if (other.heldAt < latest.startedAt && other.token > latest.token) {
                violation = "token " + latest.token + " after " + other.token;
            } else if (!expiry && other.held) {
                violation = "two holders";
            }
        }
    }

    /** Two equal texts can go on in the same ways, and have the same past as far as {@link #violation} is concerned. */
    String fingerprint() {
        StringBuilder text = new StringBuilder(256);
        for (ModelNode node : nodes) {
            text.append(node.fence).append('/').append(node.mark).append(' ');
            if (!node.member) {
                text.append(node.before).append(node.sources);
            }
        }
        for (Attempt attempt : attempts) {
            text.append(attempt.started)
                    .append(attempt.held)
                    .append(attempt.over)
                    .append(attempt.token)
                    .append(attempt.heldAt > 0)
                    .append(attempt.round);
            Attempt predecessor = attempt.predecessor;
            text.append(predecessor == null ? -1 : predecessor.id);
            for (Attempt other : attempts) {
                text.append(other.heldAt > 0 && other.heldAt < attempt.startedAt);
            }
            for (Channel channel : attempt.channels) {
                text.append(channel.requests).append(channel.replies).append(channel.broken);
            }
        }
        return text.append(stragglers).toString();
    }
}

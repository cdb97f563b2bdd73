package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.CreateOptions;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: a transaction that makes the attempt's own grant znode and the lock's znode, or neither. With a holder that was silent for its ttl, the same
 * transaction first removes the holder's two, if the holder has written nothing since. In fair mode the transaction ends with a {@link Gate}.
 *
 * <p>A lost answer is settled by sending again: "the grant exists" means that the first try holds the lock, "the lock exists" that it does not.
 */
final class AcquireOperation extends Operation<AttemptOutcome> {
    /** How often a lock may be freed and taken between two looks at it before the try is given up as contended. */
    private static final int MOST_ROUNDS = 8;

    private static final Duration FRESH = Duration.ofSeconds(1);

    /** What a transaction consists of before its gate. */
    private static final int CREATIONS = 2;

    private static final int TAKE_OVER = 4;

    /** For how long a try that may not be meant to wait gives those who are before it, to take a lock that is free. */
    private static final Duration COURTESY = Duration.ofMillis(150);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

    private final ZooKeeperBackend backend;
    private final AttemptRequest request;
    private final String lockPath;
    private final String grantPath;
    private final byte[] data;
    private final long since;
    private final @Nullable Queues queues;
    private final @Nullable Line line;
    private volatile @Nullable Place place;
    private int rounds;
    private boolean lookFirst;
    private final AtomicBoolean standingBy = new AtomicBoolean();
    private Duration pause = FIRST_PAUSE;

    AcquireOperation(ZooKeeperBackend backend, Connection connection, AttemptRequest request) {
        super(connection);
        this.backend = backend;
        this.request = request;
        this.since = backend.now();
        this.lockPath = backend.paths().lock(request.name());
        this.grantPath = backend.paths().grant(request.attemptId());
        this.data = HolderText.of(request).encode().getBytes(UTF_8);
        this.lookFirst = request.afterContention();
        this.queues = backend.queues();
        this.line = queues == null ? null : queues.line(request.name());
        Place waiting = queues == null ? null : queues.place(request.name());
        if (waiting != null) {
            waiting.attempting();
        }
        this.place = waiting;
    }

    /** What is known without asking, for a contender that is waiting anyway; null if a server must be asked. */
    @Nullable
    AttemptOutcome known() {
        ZooKeeper zk = connection.connected();
        if (!request.afterContention() || zk == null) {
            return null;
        }
        if (place != null && place.isIn(zk) && place.ticket(zk) == null) {
            return behindOthers();
        }
        Seen seen = backend.observations().watched(lockPath);
        return seen != null && isFresh(seen) && !seen.isOver(since) ? contended(seen) : null;
    }

    private boolean isFresh(Seen seen) {
        return backend.now() - seen.checkedAt() < FRESH.toNanos();
    }

    @Override
    protected void send(ZooKeeper zk) {
        rounds++;
        // what became of an unanswered try is told by the next one only
        if (queues != null && line != null && !answerLost() && awaitsTurn(zk, queues, line)) {
            return;
        }
        Seen seen = backend.observations().seen(lockPath);
        boolean current =
                seen != null && (isFresh(seen) || backend.observations().watched(lockPath) != null);
        HolderText silent = seen != null && current && seen.isOver(backend.now()) ? seen.text() : null;
        if (seen != null && silent != null) {
            takeOver(zk, seen, silent, gate(zk));
        } else if (seen != null && lookFirst) {
            // the first round, and a read: nothing can be in effect yet
            settled();
            look(zk);
        } else {
            create(zk, gate(zk));
        }
        lookFirst = false;
    }

    private Gate gate(ZooKeeper zk) {
        if (line == null) {
            return Gate.ALWAYS_OPEN;
        }
        String ticket = place == null ? null : place.ticket(zk);
        return ticket == null ? line.unlessAnybodyWaits(backend.acl()) : Gate.first(ticket);
    }

    /** Whether the answer is left to the place in line: it is not the turn of this client, or it is not known whether it is. */
    private boolean awaitsTurn(ZooKeeper zk, Queues all, Line queue) {
        if (place == null && queue.isCrowded()) {
            place = all.trial(request.name());
        }
        Place waiting = place;
        if (waiting == null || waiting.ticket(zk) != null) {
            return false;
        }
        boolean in = waiting.isIn(zk);
        if (!in && (!queue.isCrowded() || rounds >= MOST_ROUNDS)) {
            return false;
        }
        settled();
        waiting.ask(false).whenComplete((standing, defect) -> answered(waiting, standing, defect));
        return true;
    }

    private void answered(Place waiting, @Nullable Standing standing, @Nullable Throwable defect) {
        if (waiting.isClosed()) {
            place = null;
            round();
        } else if (standing == null) {
            complete(new AttemptOutcome.Unavailable(backend.unavailable("no answer", defect, request.name())));
        } else if (standing.failure().isPresent()) {
            complete(new AttemptOutcome.Unavailable(standing.failure().get()));
        } else if (standing.entry().isEmpty()) {
            again();
        } else {
            long now = backend.now();
            Optional<Seen> holder = standing.lock().filter(seen -> !seen.isOver(now));
            if (standing.position() > 0 && holder.isEmpty() && waiting.isOnTrial() && isInCourtesy(now)) {
                // most likely it is being taken just now, or who waited is just leaving
                standingBy.set(true);
                waiting.standBy(this::goOn);
                connection.after(pause, this::goOn);
                pause = pause.multipliedBy(2);
            } else if (standing.position() > 0) {
                complete(behindOthers());
            } else if (holder.isPresent()) {
                // the place follows the lock from now on
                complete(contended(holder.get()));
            } else {
                round();
            }
        }
    }

    /** It is the turn of this client, or time to ask again. */
    private void goOn() {
        if (standingBy.compareAndSet(true, false)) {
            round();
        }
    }

    private boolean isInCourtesy(long now) {
        Duration share = request.ttl().dividedBy(4);
        return now - since < (share.compareTo(COURTESY) < 0 ? share : COURTESY).toNanos();
    }

    /** To be called when it is over. */
    void ended() {
        Place waiting = place;
        if (waiting != null) {
            waiting.attempted();
        }
    }

    private AttemptOutcome behindOthers() {
        Seen seen = backend.observations().seen(lockPath);
        // no time to wait for: that the holder's lease is over makes it the turn of another one
        return AttemptOutcome.Contended.of(null, seen != null && isFresh(seen) ? seen.holder() : null);
    }

    private void create(ZooKeeper zk, Gate gate) {
        List<Op> ops = new ArrayList<>(creations());
        ops.addAll(gate.ops());
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        acquired(zk, results.get(CREATIONS - 1), gate);
                    } else if (code == Code.NODEEXISTS && part == 0) {
                        adopt(zk);
                    } else if (code == Code.NODEEXISTS && part == 1) {
                        connection.heard();
                        settled();
                        held(zk);
                    } else if (part >= CREATIONS) {
                        shut(gate, code);
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private List<Op> creations() {
        CreateOptions options =
                CreateOptions.newBuilder(backend.acl(), CreateMode.EPHEMERAL).build();
        return List.of(Op.create(grantPath, new byte[0], options), Op.create(lockPath, data, options));
    }

    private void takeOver(ZooKeeper zk, Seen seen, HolderText silent, Gate gate) {
        List<Op> ops = new ArrayList<>();
        ops.add(Op.delete(backend.paths().grant(silent.attemptId()), -1));
        ops.add(Op.delete(lockPath, seen.version()));
        ops.addAll(creations());
        ops.addAll(gate.ops());
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        backend.observations().outdated(lockPath);
                        acquired(zk, results.get(TAKE_OVER - 1), gate);
                    } else if ((code == Code.NONODE && (part == 0 || part == 1))
                            || (code == Code.BADVERSION && part == 1)) {
                        // somebody was faster, or the holder is alive; or an earlier round of this attempt won, which
                        // creating will tell
                        connection.heard();
                        backend.observations().outdated(lockPath);
                        again();
                    } else if (part >= TAKE_OVER) {
                        shut(gate, code);
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** The lock could be had, but for the queue. */
    private void shut(Gate gate, Code code) {
        if (line == null || !gate.tells(code)) {
            failed(code);
            return;
        }
        connection.heard();
        settled();
        if (gate.kind() == Gate.Kind.FIRST) {
            if (place != null) {
                place.lost(gate.ops().get(0).getPath());
            }
            line.crowded(true);
            again();
        } else if (code == Code.NOTEMPTY) {
            line.crowded(true);
            again();
        } else {
            line.exists(code == Code.NODEEXISTS);
            again();
        }
    }

    private void acquired(ZooKeeper zk, OpResult creation, Gate gate) {
        connection.heard();
        if (line != null && gate.kind() != Gate.Kind.FIRST) {
            line.crowded(false);
        }
        if (creation instanceof OpResult.CreateResult created && created.getStat() != null) {
            acquired(
                    zk,
                    created.getStat().getCzxid(),
                    gate.kind() == Gate.Kind.FIRST ? gate.ops().get(0).getPath() : null);
        } else {
            throw new IllegalStateException("a server before 3.5 answered a creation without its transaction id");
        }
    }

    /** @param spent the entry of a queue that went with the grant; null if none is known to have */
    private void acquired(ZooKeeper zk, long czxid, @Nullable String spent) {
        if (place != null) {
            place.granted(spent);
        }
        Duration validity = backend.validity(request.ttl(), zk);
        complete(new AttemptOutcome.Acquired(new HeldGrant(request, czxid, validity, zk, since)));
    }

    /** The grant is there: an earlier round made it, whose answer was lost. Both znodes have the same transaction id. */
    private void adopt(ZooKeeper zk) {
        zk.exists(
                grantPath,
                false,
                (rc, path, context, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK && stat.getEphemeralOwner() == zk.getSessionId()) {
                        connection.heard();
                        acquired(zk, stat.getCzxid(), null);
                    } else if (code == Code.OK) {
                        // made in a session that has ended, and about to go with it
                        expire();
                    } else if (code == Code.NONODE) {
                        // thrown out by an administrator meanwhile
                        settled();
                        refused(AttemptOutcome.Contended.of(Duration.ZERO, null));
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** The lock's znode exists, and this attempt's grant does not. */
    private void held(ZooKeeper zk) {
        Seen seen = backend.observations().watched(lockPath);
        if (seen == null) {
            look(zk);
        } else {
            backend.observations().confirmed(lockPath, seen);
            refused(contended(seen));
        }
    }

    private void look(ZooKeeper zk) {
        // in fair mode only the first in line follows the lock, so that its end wakes nobody else
        boolean follow = line == null || (place != null && place.ticket(zk) != null);
        zk.getData(
                lockPath,
                follow ? backend.observations() : null,
                (rc, path, context, bytes, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        connection.heard();
                        Seen now = Seen.of(stat, bytes, backend.now());
                        Seen seen = follow
                                ? backend.observations().saw(lockPath, now)
                                : backend.observations().noted(lockPath, now);
                        if (seen.isOver(backend.now())) {
                            again();
                        } else {
                            settled();
                            refused(contended(seen));
                        }
                    } else if (code == Code.NONODE) {
                        connection.heard();
                        backend.observations().gone(lockPath);
                        again();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** Not granted: if anybody waits, then in line. */
    private void refused(AttemptOutcome outcome) {
        Place waiting = place;
        if (waiting != null) {
            waiting.stay();
        }
        complete(outcome);
    }

    private void again() {
        if (rounds < MOST_ROUNDS) {
            round();
        } else if (answerLost()) {
            expire();
        } else {
            settled();
            refused(AttemptOutcome.Contended.of(Duration.ZERO, null));
        }
    }

    private AttemptOutcome contended(Seen seen) {
        return AttemptOutcome.Contended.of(seen.remaining(backend.now()), seen.holder());
    }

    @Override
    protected void refused(Code code) {
        if (answerLost()) {
            expire();
            return;
        }
        settled();
        complete(new AttemptOutcome.Unavailable(backend.unavailable(
                switch (code) {
                    case NONODE ->
                        "the base " + backend.paths().base()
                                + " is gone: deleted, or the ensemble was emptied; open a new client";
                    case NOAUTH -> "access denied to " + lockPath;
                    default -> "the ensemble refused";
                },
                KeeperException.create(code),
                request.name())));
    }

    @Override
    protected AttemptOutcome outOfTime(boolean mayHaveEffect) {
        LockUnavailableException cause =
                backend.unavailable(mayHaveEffect ? "no answer in time" : "no server in time", null, request.name());
        if (mayHaveEffect) {
            backend.remove(request.name(), request.attemptId());
            return new AttemptOutcome.Indeterminate(cause);
        }
        return new AttemptOutcome.Unavailable(cause);
    }
}

package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
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
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * One attempt: the creation of the lock's znode, which names the attempt's grant; in one transaction with that of the grant's znode, unless this client has a spare one. With a
 * holder that was silent for its ttl, the same transaction first removes the holder's two, if the holder has written nothing since. In fair mode it ends with a {@link Gate}.
 *
 * <p>A lost answer is settled by sending again. The grant's znode tells whether the first try held the lock and was thrown out since: its own was made already, or a spare one is no
 * more what it was. If the lock exists, its data tells whether it is this attempt's.
 */
final class AcquireOperation extends Operation<AttemptOutcome> {
    /** How often a lock may be freed and taken between two looks at it before the try is given up as contended. */
    private static final int MOST_ROUNDS = 8;

    private static final Duration FRESH = Duration.ofSeconds(1);

    private static final byte[] NOTHING = {};

    /** For how long a try that may not be meant to wait gives those who are before it, to take a lock that is free. */
    private static final Duration COURTESY = Duration.ofMillis(150);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);

    private final ZooKeeperBackend backend;
    private final AttemptRequest request;
    private final String lockPath;
    private final long since;
    private final @Nullable Queues queues;
    private final @Nullable Line line;
    private volatile @Nullable Place place;
    private volatile @Nullable Naming naming;
    private int rounds;
    private boolean lookFirst;
    private final AtomicBoolean standingBy = new AtomicBoolean();
    private Duration pause = FIRST_PAUSE;

    AcquireOperation(ZooKeeperBackend backend, Connection connection, AttemptRequest request) {
        super(connection);
        this.backend = backend;
        this.request = request;
        // Exclusion rests on this: once an attempt, before anything is sent, and never again in a later round. A
        // takeover
        // that a stopped follower delivers late may find what it is to remove made again by another round of the same
        // attempt, by the same name (attempt id, version 0), and remove it; whoever sent it had waited until the ttl
        // was
        // over for an earlier round, so a validity that counts from before all rounds is over by then
        this.since = backend.now();
        this.lockPath = backend.paths().lock(request.name());
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
        GrantName silent = seen != null && current && seen.isOver(backend.now()) ? seen.grant() : null;
        if (seen != null && silent != null) {
            List<Op> removal = List.of(
                    Op.delete(backend.paths().grant(silent), silent.version()), Op.delete(lockPath, seen.version()));
            take(zk, removal, gate(zk));
        } else if (lookFirst && (seen != null || isUntold())) {
            // the first round, and a read: nothing can be in effect yet
            settled();
            look(zk);
        } else {
            take(zk, List.of(), gate(zk));
        }
        lookFirst = false;
    }

    /** Whether nothing has been heard of the lock's end, for which a contender would try without a look. The fair mode has its own ways to know. */
    private boolean isUntold() {
        return line == null && !backend.observations().takeNews(lockPath);
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
    void ended(@Nullable AttemptOutcome outcome) {
        Naming mine = naming;
        boolean unused = outcome instanceof AttemptOutcome.Contended || outcome instanceof AttemptOutcome.Unavailable;
        if (mine != null && mine.spare() && unused) {
            backend.spare(mine.session(), mine.grant());
        }
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

    /**
     * By what the attempt goes in one session.
     *
     * @param spare whether the grant's znode was there before
     */
    private record Naming(ZooKeeper session, GrantName grant, boolean spare) {}

    private Naming naming(ZooKeeper zk) {
        Naming known = naming;
        if (known != null && known.session() == zk) {
            return known;
        }
        GrantName spare = backend.spareGrants().take(zk);
        GrantName grant = spare != null ? spare : new GrantName(request.attemptId(), 0);
        Naming chosen = new Naming(zk, grant, spare != null);
        naming = chosen;
        return chosen;
    }

    private void take(ZooKeeper zk, List<Op> removal, Gate gate) {
        Naming mine = naming(zk);
        byte[] data = HeldGrant.data(backend.holderLine(), request, mine.grant());
        CreateOptions options =
                CreateOptions.newBuilder(backend.acl(), CreateMode.EPHEMERAL).build();
        List<Op> ops = new ArrayList<>(removal);
        if (!mine.spare()) {
            ops.add(Op.create(backend.paths().grant(mine.grant()), NOTHING, options));
        } else if (answerLost()) {
            ops.add(Op.check(backend.paths().grant(mine.grant()), mine.grant().version()));
        }
        int creation = ops.size();
        if (creation == 0 && gate.ops().isEmpty()) {
            zk.create(
                    lockPath,
                    data,
                    backend.acl(),
                    CreateMode.EPHEMERAL,
                    (rc, path, context, created, stat) -> {
                        Code code = Code.get(rc);
                        if (code == Code.OK) {
                            taken(zk, stat, mine, gate);
                        } else if (code == Code.NODEEXISTS) {
                            exists(zk, mine);
                        } else {
                            failed(code);
                        }
                    },
                    null);
            return;
        }
        ops.add(Op.create(lockPath, data, options));
        ops.addAll(gate.ops());
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        if (!removal.isEmpty()) {
                            backend.observations().outdated(lockPath);
                        }
                        taken(zk, ((OpResult.CreateResult) results.get(creation)).getStat(), mine, gate);
                    } else if (part > creation) {
                        shut(gate, code);
                    } else if (part == creation && code == Code.NODEEXISTS) {
                        exists(zk, mine);
                    } else if (part >= 0 && part < removal.size() && (code == Code.NONODE || code == Code.BADVERSION)) {
                        // somebody was faster, or the holder is alive; or an earlier round of this attempt won, which
                        // creating will tell
                        connection.heard();
                        backend.observations().outdated(lockPath);
                        again();
                    } else if (part == removal.size() && !mine.spare() && code == Code.NODEEXISTS) {
                        adopt(zk, mine, () -> thrownOut(mine));
                    } else if (part == removal.size()
                            && mine.spare()
                            && (code == Code.NONODE || code == Code.BADVERSION)) {
                        connection.heard();
                        thrownOut(mine);
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** The lock's znode exists. */
    private void exists(ZooKeeper zk, Naming mine) {
        if (answerLost()) {
            adopt(zk, mine, () -> heldByAnother(zk, mine));
        } else {
            heldByAnother(zk, mine);
        }
    }

    private void heldByAnother(ZooKeeper zk, Naming mine) {
        connection.heard();
        if (mine.spare() && answerLost()) {
            // used and thrown out meanwhile, perhaps
            abandon(mine);
        }
        settled();
        held(zk);
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

    private void taken(ZooKeeper zk, @Nullable Stat stat, Naming mine, Gate gate) {
        connection.heard();
        if (stat == null) {
            throw new IllegalStateException("a server before 3.5 answered a creation without its transaction id");
        }
        boolean first = gate.kind() == Gate.Kind.FIRST;
        if (line != null && !first) {
            line.crowded(false);
        }
        acquired(zk, mine, stat.getCzxid(), first ? gate.ops().get(0).getPath() : null);
    }

    /** @param spent the entry of a queue that went with the grant; null if none is known to have */
    private void acquired(ZooKeeper zk, Naming mine, long czxid, @Nullable String spent) {
        if (place != null) {
            place.granted(spent);
        }
        Duration validity = backend.validity(request.ttl(), zk);
        HeldGrant grant = new HeldGrant(request, mine.grant(), czxid, czxid, validity, zk, since);
        if (!complete(new AttemptOutcome.Acquired(grant))) {
            // given up meanwhile, and nobody will release it
            backend.cleanUp(request, mine.grant(), true);
        }
    }

    /** An earlier round, whose answer was lost, may have made the lock's znode. */
    private void adopt(ZooKeeper zk, Naming mine, Runnable otherwise) {
        zk.getData(
                lockPath,
                false,
                (rc, path, context, bytes, stat) -> {
                    Code code = Code.get(rc);
                    boolean own = code == Code.OK
                            && mine.grant()
                                    .equals(Seen.of(stat, bytes, backend.now()).grant());
                    if (own && stat.getEphemeralOwner() == zk.getSessionId()) {
                        connection.heard();
                        acquired(zk, mine, stat.getCzxid(), null);
                    } else if (own) {
                        // made in a session that has ended, and about to go with it
                        expire();
                    } else if (code == Code.OK || code == Code.NONODE) {
                        connection.heard();
                        otherwise.run();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** What an earlier round made is gone, if it made anything. Its grant's name has been used, perhaps, and must not be again. */
    private void thrownOut(Naming mine) {
        abandon(mine);
        settled();
        refused(AttemptOutcome.Contended.of(Duration.ZERO, null));
    }

    /** The lock is not this attempt's, and the grant's name may have been used. */
    private void abandon(Naming mine) {
        naming = null;
        backend.drop(mine.grant());
    }

    /** The lock's znode exists, and is not this attempt's. */
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
            Naming mine = naming;
            if (mine != null) {
                backend.cleanUp(request, mine.grant(), !mine.spare());
            }
            return new AttemptOutcome.Indeterminate(cause);
        }
        return new AttemptOutcome.Unavailable(cause);
    }
}

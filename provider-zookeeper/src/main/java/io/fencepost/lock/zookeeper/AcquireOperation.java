package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.HolderText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
 * transaction first removes the holder's two, if the holder has written nothing since.
 *
 * <p>A lost answer is settled by sending again: "the grant exists" means that the first try holds the lock, "the lock exists" that it does not.
 */
final class AcquireOperation extends Operation<AttemptOutcome> {
    /** How often a lock may be freed and taken between two looks at it before the try is given up as contended. */
    private static final int MOST_ROUNDS = 8;

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ZooKeeperBackend backend;
    private final AttemptRequest request;
    private final String lockPath;
    private final String grantPath;
    private final byte[] data;
    private final long since;
    private int rounds;
    private boolean lookFirst;

    AcquireOperation(ZooKeeperBackend backend, Connection connection, AttemptRequest request) {
        super(connection);
        this.backend = backend;
        this.request = request;
        this.since = backend.now();
        this.lockPath = backend.paths().lock(request.name());
        this.grantPath = backend.paths().grant(request.attemptId());
        this.data = HolderText.of(request).encode().getBytes(UTF_8);
        this.lookFirst = request.afterContention();
    }

    /** What is known without asking, for a contender that is waiting anyway; null if a server must be asked. */
    @Nullable
    AttemptOutcome known() {
        if (!request.afterContention() || connection.connected() == null) {
            return null;
        }
        Seen seen = backend.observations().watched(lockPath);
        boolean fresh = seen != null && since - seen.checkedAt() < FRESH.toNanos();
        return seen != null && fresh && !seen.isOver(since) ? contended(seen) : null;
    }

    @Override
    protected void send(ZooKeeper zk) {
        rounds++;
        Seen seen = backend.observations().seen(lockPath);
        HolderText silent = seen != null && seen.isOver(backend.now()) ? seen.text() : null;
        if (seen != null && silent != null) {
            takeOver(zk, seen, silent);
        } else if (seen != null && lookFirst) {
            // the first round, and a read: nothing can be in effect yet
            settled();
            look(zk);
        } else {
            create(zk);
        }
        lookFirst = false;
    }

    private void create(ZooKeeper zk) {
        zk.multi(
                creations(),
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        acquired(zk, results);
                    } else if (code == Code.NODEEXISTS && part == 0) {
                        adopt(zk);
                    } else if (code == Code.NODEEXISTS && part == 1) {
                        connection.heard();
                        settled();
                        held(zk);
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

    private void takeOver(ZooKeeper zk, Seen seen, HolderText silent) {
        List<Op> ops = new ArrayList<>();
        ops.add(Op.delete(backend.paths().grant(silent.attemptId()), -1));
        ops.add(Op.delete(lockPath, seen.version()));
        ops.addAll(creations());
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        backend.observations().outdated(lockPath);
                        acquired(zk, results);
                    } else if ((code == Code.NONODE && (part == 0 || part == 1))
                            || (code == Code.BADVERSION && part == 1)) {
                        // somebody was faster, or the holder is alive; or an earlier round of this attempt won, which
                        // creating will tell
                        connection.heard();
                        backend.observations().outdated(lockPath);
                        again();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private void acquired(ZooKeeper zk, List<OpResult> results) {
        connection.heard();
        if (results.get(results.size() - 1) instanceof OpResult.CreateResult created && created.getStat() != null) {
            acquired(zk, created.getStat().getCzxid());
        } else {
            throw new IllegalStateException("a server before 3.5 answered a creation without its transaction id");
        }
    }

    private void acquired(ZooKeeper zk, long czxid) {
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
                        acquired(zk, stat.getCzxid());
                    } else if (code == Code.OK) {
                        // made in a session that has ended, and about to go with it
                        expire();
                    } else if (code == Code.NONODE) {
                        // thrown out by an administrator meanwhile
                        settled();
                        complete(AttemptOutcome.Contended.of(Duration.ZERO, null));
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
            complete(contended(seen));
        }
    }

    private void look(ZooKeeper zk) {
        zk.getData(
                lockPath,
                backend.observations(),
                (rc, path, context, bytes, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        connection.heard();
                        Seen seen = backend.observations().saw(lockPath, Seen.of(stat, bytes, backend.now()));
                        if (seen.isOver(backend.now())) {
                            again();
                        } else {
                            settled();
                            complete(contended(seen));
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

    private void again() {
        if (rounds < MOST_ROUNDS) {
            round();
        } else if (answerLost()) {
            expire();
        } else {
            settled();
            complete(AttemptOutcome.Contended.of(Duration.ZERO, null));
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

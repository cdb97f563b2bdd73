package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One handoff within a client: a transaction that takes the grant's znode to its next version, by which the successor goes, and writes the successor into the lock's znode. Both stay, so
 * clients that wait see a change like a renewal, and none of them tries.
 *
 * <p>A lost answer is settled by sending again: where the grant's znode is no more what it was, the data of the lock tells whether the first try did it.
 *
 * <p>Empty where it cannot be done in one transaction; then nothing is in effect, and a release and an attempt are to be made one after the other.
 */
final class HandOffOperation extends Operation<Optional<HandoffOutcome>> {
    private static final Logger log = LoggerFactory.getLogger(HandOffOperation.class);

    private static final byte[] NOTHING = {};

    /** The parts of the transaction. */
    private static final int NEXT_GRANT = 0;

    private static final int WRITE_LOCK = 1;

    private final ZooKeeperBackend backend;
    private final HeldGrant predecessor;
    private final AttemptRequest request;
    private final String grantPath;
    private final String lockPath;
    private final GrantName successor;
    private final byte[] data;
    private final long since;
    private final boolean sole;

    HandOffOperation(ZooKeeperBackend backend, Connection connection, HeldGrant predecessor, AttemptRequest request) {
        super(connection);
        this.backend = backend;
        this.predecessor = predecessor;
        this.request = request;
        this.since = backend.now();
        this.grantPath = backend.paths().grant(predecessor.grantName());
        this.lockPath = backend.paths().lock(request.name());
        this.successor = predecessor.grantName().next();
        this.data = HeldGrant.data(backend.holderLine(), request, successor);
        this.sole = predecessor.giveUp();
    }

    @Override
    protected void send(ZooKeeper zk) {
        if (zk != predecessor.session()) {
            // the lock's znode belongs to the session that made it, whoever writes it, and has gone with it
            notDone();
            return;
        }
        List<Op> ops = List.of(
                Op.setData(grantPath, NOTHING, predecessor.grantName().version()), Op.setData(lockPath, data, -1));
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        connection.heard();
                        written(zk, results);
                    } else if (code == Code.BADVERSION && part == NEXT_GRANT && answerLost()) {
                        adopt(zk);
                    } else if ((code == Code.NONODE || code == Code.BADVERSION) && part == NEXT_GRANT) {
                        connection.heard();
                        gone();
                    } else if (code == Code.NONODE && part == WRITE_LOCK) {
                        // deleted by hand while the grant is there, so that no earlier round was applied
                        connection.heard();
                        notDone();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private void written(ZooKeeper zk, List<OpResult> results) {
        Stat lock = ((OpResult.SetDataResult) results.get(WRITE_LOCK)).getStat();
        if (lock.getCzxid() == predecessor.lockCzxid()) {
            handedOff(zk, lock.getMzxid());
        } else {
            log.warn(
                    "zookeeper: somebody deleted the znode of lock '{}' by hand while it was held with token {}",
                    predecessor.name(),
                    predecessor.token());
            // only the grant: the lock's znode is another one's, who renews it
            new LeaveOperation(connection, grantPath).start();
            complete(Optional.of(new HandoffOutcome(new ReleaseOutcome.NotHeld(), contended())));
        }
    }

    private void handedOff(ZooKeeper zk, long token) {
        Duration validity = backend.validity(request.ttl(), zk);
        HeldGrant grant = new HeldGrant(request, successor, token, predecessor.lockCzxid(), validity, zk, since);
        if (!complete(
                Optional.of(new HandoffOutcome(new ReleaseOutcome.Released(), new AttemptOutcome.Acquired(grant))))) {
            // given up meanwhile, and nobody will release it
            backend.cleanUp(request, successor, true);
        }
    }

    private void notDone() {
        settled();
        if (sole) {
            predecessor.takeBack();
        }
        complete(Optional.empty());
    }

    private static AttemptOutcome contended() {
        return AttemptOutcome.Contended.of(Duration.ZERO, null);
    }

    /** The grant's znode has another version, which nobody but this client makes: an earlier round, whose answer was lost, has done it. */
    private void adopt(ZooKeeper zk) {
        zk.getData(
                lockPath,
                false,
                (rc, path, context, bytes, stat) -> {
                    Code code = Code.get(rc);
                    Seen seen = code == Code.OK ? Seen.of(stat, bytes, backend.now()) : null;
                    if (seen != null && successor.equals(seen.grant())) {
                        connection.heard();
                        handedOff(zk, seen.token());
                    } else if (code == Code.OK || code == Code.NONODE) {
                        connection.heard();
                        successorGone();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** Neither of the two holds the lock. */
    private void gone() {
        if (!answerLost()) {
            notDone();
            return;
        }
        // an earlier round did it, and the successor has been thrown out since; or others have thrown out the
        // predecessor. The id of the attempt may have been used, and must not be again
        complete(Optional.of(new HandoffOutcome(unclear(), contended())));
    }

    /** What the session did not answer may have been applied before it ended, and whatever it left has gone with it. */
    @Override
    protected void sessionEnded() {
        if (answerLost()) {
            complete(Optional.of(new HandoffOutcome(unclear(), contended())));
        } else {
            super.sessionEnded();
        }
    }

    private void successorGone() {
        if (sole) {
            // there, if only the lock was deleted
            backend.drop(successor);
        }
        complete(Optional.of(new HandoffOutcome(sole ? new ReleaseOutcome.Released() : unclear(), contended())));
    }

    private ReleaseOutcome unclear() {
        return new ReleaseOutcome.Indeterminate(
                unavailable("free since an unanswered try, which may have done it, or somebody else"));
    }

    private LockUnavailableException unavailable(String reason) {
        return backend.unavailable(reason, null, request.name());
    }

    /** The release and the attempt will say it better. */
    @Override
    protected void refused(Code code) {
        if (answerLost()) {
            expire();
        } else {
            notDone();
        }
    }

    @Override
    protected Optional<HandoffOutcome> outOfTime(boolean mayHaveEffect) {
        LockUnavailableException cause = unavailable(mayHaveEffect ? "no answer in time" : "no server in time");
        backend.remove(predecessor);
        AttemptOutcome attempted = new AttemptOutcome.Unavailable(cause);
        if (mayHaveEffect) {
            backend.cleanUp(request, successor, true);
            attempted = new AttemptOutcome.Indeterminate(cause);
        }
        return Optional.of(new HandoffOutcome(new ReleaseOutcome.Indeterminate(cause), attempted));
    }
}

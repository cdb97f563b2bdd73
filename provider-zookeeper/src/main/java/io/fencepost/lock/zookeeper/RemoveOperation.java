package io.fencepost.lock.zookeeper;

import io.fencepost.lock.ReleaseOutcome;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;

/**
 * Removes what one attempt made: its grant znode and the lock's, in one transaction, only if the grant is there. Released, cleaned up or thrown out, it is the same, and it
 * cannot meet a successor, whose grant has another path. Without a deadline: it goes on until a server answers or the session is closed, so that no lock
 * outlives the interest in it.
 *
 * <p>Over the session that made them it comes after every request of the attempt, also of an attempt whose time ran out while a request was out.
 */
final class RemoveOperation extends Operation<ReleaseOutcome> {
    private final ZooKeeperBackend backend;
    private final String name;
    private final Op grant;
    private final BooleanSupplier untouchable;
    private List<Op> ops;

    /**
     * @param untouchable whether until now nobody but this operation can have removed it, which tells after a lost answer who did
     */
    RemoveOperation(
            ZooKeeperBackend backend, Connection connection, String name, UUID attemptId, BooleanSupplier untouchable) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.untouchable = untouchable;
        this.grant = Op.delete(backend.paths().grant(attemptId), -1);
        this.ops = List.of(grant, Op.delete(backend.paths().lock(name), -1));
    }

    /** Of a lock whose grant was deleted by hand: its holder can do nothing with it any more. */
    RemoveOperation(ZooKeeperBackend backend, Connection connection, String name, Seen orphan) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.untouchable = () -> false;
        this.grant = Op.delete(backend.paths().lock(name), orphan.version());
        this.ops = List.of(grant);
    }

    @Override
    protected void send(ZooKeeper zk) {
        Queues queues = backend.queues();
        if (queues != null) {
            // whoever of this client comes next knows whether to get in line at once
            queues.glance(zk, name);
        }
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        connection.heard();
                        complete(new ReleaseOutcome.Released());
                    } else if (code == Code.NONODE && refusedPart(results) == 0) {
                        connection.heard();
                        complete(answerLost() ? goneAfterDoubt() : new ReleaseOutcome.NotHeld());
                    } else if (code == Code.NONODE) {
                        connection.heard();
                        // deleted by hand; the grant that is left would harm nobody, but stay as long as the session
                        ops = List.of(grant);
                        round();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    /** Somebody removed it since a try that was not answered: that try, or others who found the lease over. */
    private ReleaseOutcome goneAfterDoubt() {
        return untouchable.getAsBoolean()
                ? new ReleaseOutcome.Released()
                : new ReleaseOutcome.Indeterminate(backend.unavailable(
                        "free since an unanswered try, which may have done it, or the end of the lease", null, name));
    }

    @Override
    protected void refused(Code code) {
        complete(new ReleaseOutcome.Indeterminate(
                backend.unavailable("the ensemble refused", KeeperException.create(code), name)));
    }

    @Override
    protected ReleaseOutcome outOfTime(boolean mayHaveEffect) {
        return new ReleaseOutcome.Indeterminate(backend.unavailable("closed before an answer came", null, name));
    }
}

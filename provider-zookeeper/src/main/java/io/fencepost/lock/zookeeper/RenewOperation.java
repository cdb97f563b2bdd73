package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LossCause;
import io.fencepost.lock.RenewOutcome;
import java.time.Duration;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One renewal: a transaction that writes the lock's znode, which contenders watch, only if the grant's own znode stands for it still. The write proves that a majority holds the
 * lock for this grant; a lost answer is settled by writing again.
 *
 * <p>Nothing is sent once the validity is over: a lease that ended is not revived, though its znodes may still be there. They are removed.
 */
final class RenewOperation extends Operation<RenewOutcome> {
    private static final Logger log = LoggerFactory.getLogger(RenewOperation.class);

    private final ZooKeeperBackend backend;
    private final HeldGrant grant;
    private final Duration ttl;
    private final byte[] data;
    private final long since;

    RenewOperation(ZooKeeperBackend backend, Connection connection, HeldGrant grant, Duration ttl) {
        super(connection);
        this.backend = backend;
        this.grant = grant;
        this.ttl = ttl;
        this.data = grant.renewed(backend.holderLine(), ttl);
        this.since = backend.now();
    }

    @Override
    protected void send(ZooKeeper zk) {
        if (zk != grant.session()) {
            lost(LossCause.SESSION_ENDED);
            return;
        }
        if (grant.isOver(backend.now())) {
            lost(LossCause.EXPIRED);
            return;
        }
        List<Op> ops = List.of(
                Op.check(
                        backend.paths().grant(grant.grantName()),
                        grant.grantName().version()),
                Op.setData(backend.paths().lock(grant.name()), data, -1));
        zk.multi(
                ops,
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        written(zk, results);
                    } else if (code == Code.NONODE || code == Code.BADVERSION) {
                        connection.heard();
                        lost(LossCause.NOT_OWNER);
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private void written(ZooKeeper zk, List<OpResult> results) {
        connection.heard();
        long czxid = ((OpResult.SetDataResult) results.get(1)).getStat().getCzxid();
        if (czxid != grant.lockCzxid()) {
            log.warn(
                    "zookeeper: somebody deleted the znode of lock '{}' by hand while it was held with token {}",
                    grant.name(),
                    grant.token());
            lost(LossCause.NOT_OWNER);
            return;
        }
        Duration validity = backend.validity(ttl, zk);
        grant.extend(since, validity);
        if (grant.isOver(backend.now())) {
            lost(LossCause.EXPIRED);
        } else {
            complete(new RenewOutcome.Renewed(validity));
        }
    }

    private void lost(LossCause cause) {
        if (complete(new RenewOutcome.Lost(cause)) && cause != LossCause.SESSION_ENDED) {
            backend.remove(grant);
        }
    }

    @Override
    protected void sessionEnded() {
        lost(LossCause.SESSION_ENDED);
    }

    @Override
    protected void refused(Code code) {
        complete(new RenewOutcome.Indeterminate(
                backend.unavailable("the ensemble refused", KeeperException.create(code), grant.name())));
    }

    @Override
    protected RenewOutcome outOfTime(boolean mayHaveEffect) {
        boolean ended = !connection.isClosed() && !grant.session().getState().isAlive();
        return ended
                ? new RenewOutcome.Lost(LossCause.SESSION_ENDED)
                : new RenewOutcome.Indeterminate(backend.unavailable("no answer in time", null, grant.name()));
    }
}

package io.fencepost.lock.zookeeper;

import io.fencepost.lock.ReleaseOutcome;
import java.util.List;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Ends one grant: its own znode is deleted, or goes on to the next version, and the lock's is deleted, in one transaction, only if the former stands for this grant. Released, cleaned
 * up or thrown out, it is the same, and it cannot meet a successor, whose grant has another name. Without a deadline: it goes on until a server answers or the session is closed, so
 * that no lock outlives the interest in it.
 *
 * <p>Over the session that made them it comes after every request of the attempt, also of an attempt whose time ran out while a request was out.
 */
final class RemoveOperation extends Operation<ReleaseOutcome> {
    private static final byte[] NOTHING = {};

    private final ZooKeeperBackend backend;
    private final String name;
    private final @Nullable GrantName grant;
    private final @Nullable ZooKeeper keepIn;
    private final boolean sole;
    private final Op last;
    private boolean certain;
    private @Nullable ZooKeeper decidedIn;
    private boolean keeping;
    private boolean reserved;
    private boolean lastAlone;
    private boolean lockGone;
    private boolean doubtBeforeSession;

    /**
     * @param certain whether the lock's znode has named the grant; else the attempt may have had no effect, and its grant's znode stand for it all the same, while the lock is another's
     * @param released what its holder releases, whose znode may be used again; null if the grant's znode is to go
     */
    RemoveOperation(
            ZooKeeperBackend backend,
            Connection connection,
            String name,
            GrantName grant,
            boolean certain,
            @Nullable HeldGrant released) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.grant = grant;
        this.certain = certain;
        this.keepIn = released == null ? null : released.session();
        this.sole = released != null && released.giveUp();
        this.last = Op.delete(backend.paths().grant(grant), grant.version());
    }

    /** Of a lock whose grant was deleted by hand: its holder can do nothing with it any more. */
    RemoveOperation(ZooKeeperBackend backend, Connection connection, String name, Seen orphan) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.grant = null;
        this.certain = true;
        this.keepIn = null;
        this.sole = false;
        this.last = Op.delete(backend.paths().lock(name), orphan.version());
        this.lastAlone = true;
    }

    @Override
    protected void send(ZooKeeper zk) {
        Queues queues = backend.queues();
        if (queues != null) {
            // whoever of this client comes next knows whether to get in line at once
            queues.glance(zk, name);
        }
        if (certain || grant == null) {
            remove(zk);
        } else {
            look(zk, grant);
        }
    }

    /** To be called when it is over. */
    void ended() {
        if (reserved) {
            backend.spareGrants().settle();
        }
    }

    /** Whether the attempt has had its effect. All of its requests were sent before, and the server that is asked catches up first. */
    private void look(ZooKeeper zk, GrantName doubtful) {
        String path = backend.paths().lock(name);
        zk.sync(path, (rc, p, context) -> {}, null);
        zk.getData(
                path,
                false,
                (rc, p, context, data, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK
                            && doubtful.equals(
                                    Seen.of(stat, data, backend.now()).grant())) {
                        certain = true;
                        round();
                    } else if (code == Code.OK || code == Code.NONODE) {
                        connection.heard();
                        backend.drop(doubtful);
                        complete(new ReleaseOutcome.NotHeld());
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private void remove(ZooKeeper zk) {
        zk.multi(
                ops(zk),
                (rc, path, context, results) -> {
                    Code code = Code.get(rc);
                    int part = refusedPart(results);
                    if (code == Code.OK) {
                        connection.heard();
                        if (keeping && grant != null) {
                            backend.spare(zk, grant.next());
                        }
                        complete(lockGone ? new ReleaseOutcome.NotHeld() : new ReleaseOutcome.Released());
                    } else if ((code == Code.NONODE || code == Code.BADVERSION) && part == 0) {
                        connection.heard();
                        complete(gone(zk, code));
                    } else if (code == Code.NONODE) {
                        connection.heard();
                        // deleted by hand; the grant that is left would harm nobody, but stay as long as the session
                        lastAlone = true;
                        lockGone = true;
                        settled();
                        round();
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private List<Op> ops(ZooKeeper zk) {
        if (lastAlone || grant == null) {
            keeping = false;
            return List.of(last);
        }
        Op lock = Op.delete(backend.paths().lock(name), -1);
        if (zk != decidedIn) {
            // once a session: what became of unanswered rounds can be told only if they are all alike
            decidedIn = zk;
            reserved = reserved || (zk == keepIn && backend.spareGrants().reserve());
            keeping = reserved && zk == keepIn;
        }
        return keeping
                ? List.of(Op.setData(backend.paths().grant(grant), NOTHING, grant.version()), lock)
                : List.of(last, lock);
    }

    private ReleaseOutcome gone(ZooKeeper zk, Code code) {
        if (lockGone) {
            return new ReleaseOutcome.NotHeld();
        }
        if (answerLost()) {
            return goneAfterDoubt(zk, code);
        }
        return doubtBeforeSession ? unclear() : new ReleaseOutcome.NotHeld();
    }

    /** What the ended session did not answer may have been applied before its end, which removed all that was left. */
    @Override
    protected void sessionEnded() {
        doubtBeforeSession |= answerLost();
        super.sessionEnded();
    }

    /**
     * The grant is over since a try that was not answered: by that try, or by others, who found the lease over or were told to remove it. Others delete its znode, always; its own client
     * alone takes it to another version. Of that nobody else knows the name, so a try that kept the znode and was applied left it there.
     */
    private ReleaseOutcome goneAfterDoubt(ZooKeeper zk, Code code) {
        if (grant != null && code == Code.BADVERSION && keeping && sole) {
            backend.spare(zk, grant.next());
            return new ReleaseOutcome.Released();
        }
        if (grant != null && keeping == (code == Code.NONODE)) {
            // kept, and deleted by others; or to be deleted, and it goes on
            return new ReleaseOutcome.NotHeld();
        }
        return unclear();
    }

    private ReleaseOutcome unclear() {
        return new ReleaseOutcome.Indeterminate(backend.unavailable(
                "free since an unanswered try, which may have done it, or somebody else", null, name));
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

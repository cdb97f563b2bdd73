package io.fencepost.lock.zookeeper;

import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes one entry from a queue, or the znode of a grant that nobody has and nobody will. Its path is never used again, so this may be repeated and may come late. Without a deadline:
 * it goes on until a server answers, or the session that made it ends and takes it along.
 */
final class LeaveOperation extends Operation<Boolean> {
    private static final Logger log = LoggerFactory.getLogger(LeaveOperation.class);

    private final String path;

    LeaveOperation(Connection connection, String path) {
        super(connection);
        this.path = path;
    }

    @Override
    protected void send(ZooKeeper zk) {
        zk.delete(
                path,
                -1,
                (rc, p, context) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK || code == Code.NONODE) {
                        connection.heard();
                        complete(code == Code.OK);
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    @Override
    protected void refused(Code code) {
        log.warn("zookeeper: {} could not be deleted: {}; it stays as long as its session", path, code);
        complete(false);
    }

    @Override
    protected Boolean outOfTime(boolean mayHaveEffect) {
        return false;
    }
}

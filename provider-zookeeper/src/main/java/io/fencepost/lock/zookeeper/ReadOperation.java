package io.fencepost.lock.zookeeper;

import java.util.Optional;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;

/**
 * Reads a lock's znode as it is at the leader: {@code sync} makes the server that this client talks to catch up first, since one that follows may lag. Both are
 * sent at once, and served in order.
 */
final class ReadOperation extends Operation<ReadOperation.Result> {
    private final ZooKeeperBackend backend;
    private final String name;
    private final String path;

    /** What was read, or why nothing was. */
    sealed interface Result {}

    record Found(Optional<Seen> seen) implements Result {}

    record Failed(String reason, Optional<KeeperException> cause) implements Result {}

    ReadOperation(ZooKeeperBackend backend, Connection connection, String name) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.path = backend.paths().lock(name);
    }

    @Override
    protected void send(ZooKeeper zk) {
        zk.sync(path, (rc, p, context) -> {}, null);
        zk.getData(
                path,
                false,
                (rc, p, context, data, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        connection.heard();
                        complete(new Found(Optional.of(Seen.of(stat, data, backend.now()))));
                    } else if (code == Code.NONODE) {
                        connection.heard();
                        complete(new Found(Optional.empty()));
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    @Override
    protected void refused(Code code) {
        complete(new Failed(
                "the ensemble refused to show lock '" + name + "'", Optional.of(KeeperException.create(code))));
    }

    @Override
    protected Result outOfTime(boolean mayHaveEffect) {
        return new Failed("no answer in time", Optional.empty());
    }
}

package io.fencepost.lock.zookeeper;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * Gets in line, unless this client is, and reads the queue and the lock. All requests of a round are sent at once, and served in order: one round.
 *
 * <p>An entry's name begins with a random id, by which it is found again where the answer to its creation was lost. {@code sync} makes the server that is asked then
 * catch up first, so that an entry that it does not show does not exist and never will.
 */
final class LineOperation extends Operation<Standing> {
    private static final int MOST_ROUNDS = 8;

    private final ZooKeeperBackend backend;
    private final String name;
    private final String lockPath;
    private final Line line;
    private final boolean watch;
    private final Standing.@Nullable Entry mine;
    private int rounds;
    private @Nullable ZooKeeper session;
    private UUID id = UUID.randomUUID();
    private boolean created;

    /** What the answers of one round have said so far. */
    private static final class Answers {
        Code folder = Code.OK;
        Code entry = Code.OK;
        Code names = Code.OK;
        List<String> list = List.of();
    }

    /**
     * @param watch whether this client follows the lock from now on, as the first does
     * @param mine the entry that there is
     */
    LineOperation(
            ZooKeeperBackend backend,
            Connection connection,
            String name,
            Line line,
            boolean watch,
            Standing.@Nullable Entry mine) {
        super(connection);
        this.backend = backend;
        this.name = name;
        this.lockPath = backend.paths().lock(name);
        this.line = line;
        this.watch = watch;
        this.mine = mine;
    }

    @Override
    protected void send(ZooKeeper zk) {
        rounds++;
        Answers answers = new Answers();
        if (zk != session) {
            // what an earlier session made goes with it, and must not be taken for this one's
            session = zk;
            id = UUID.randomUUID();
            created = false;
        }
        if (!isIn(zk)) {
            if (created) {
                zk.sync(line.folder(), (rc, path, context) -> {}, null);
            } else {
                create(zk, answers);
            }
        }
        zk.getChildren(
                line.folder(),
                false,
                (rc, path, context, children) -> {
                    answers.names = Code.get(rc);
                    answers.list = children == null ? List.of() : children;
                },
                null);
        zk.getData(
                lockPath,
                watch ? backend.observations() : null,
                (rc, path, context, data, stat) -> {
                    Code code = Code.get(rc);
                    if (code == Code.OK) {
                        answered(zk, answers, Optional.of(Seen.of(stat, data, backend.now())));
                    } else if (code == Code.NONODE) {
                        answered(zk, answers, Optional.empty());
                    } else {
                        failed(code);
                    }
                },
                null);
    }

    private boolean isIn(ZooKeeper zk) {
        return mine != null && mine.session() == zk;
    }

    private void create(ZooKeeper zk, Answers answers) {
        if (!line.exists()) {
            zk.create(
                    line.folder(),
                    new byte[0],
                    backend.acl(),
                    CreateMode.CONTAINER,
                    (rc, path, context, made) -> answers.folder = Code.get(rc),
                    null);
        }
        zk.create(
                line.folder() + "/" + id + "-",
                backend.entryData(),
                backend.acl(),
                CreateMode.EPHEMERAL_SEQUENTIAL,
                (rc, path, context, made) -> answers.entry = Code.get(rc),
                null);
        created = true;
    }

    private void answered(ZooKeeper zk, Answers answers, Optional<Seen> lock) {
        if (answers.folder != Code.OK && answers.folder != Code.NODEEXISTS) {
            failed(answers.folder);
        } else if (answers.entry == Code.NONODE && rounds < MOST_ROUNDS) {
            // the servers remove folders that have been empty for a while
            line.exists(false);
            created = false;
            round();
        } else if (answers.entry != Code.OK) {
            failed(answers.entry);
        } else if (answers.names != Code.OK && answers.names != Code.NONODE) {
            failed(answers.names);
        } else {
            connection.heard();
            line.exists(answers.names == Code.OK);
            String own = own(zk, answers.list);
            if (own == null && created && rounds < MOST_ROUNDS) {
                // the lost request was never applied; or somebody removed the entry at once
                created = false;
                round();
            } else {
                complete(Standing.of(line.folder(), answers.list, own, zk, saw(lock)));
            }
        }
    }

    private @Nullable String own(ZooKeeper zk, List<String> names) {
        String known =
                isIn(zk) && mine != null ? mine.path().substring(line.folder().length() + 1) : id.toString();
        return names.stream().filter(each -> each.startsWith(known)).findAny().orElse(null);
    }

    private Optional<Seen> saw(Optional<Seen> lock) {
        if (lock.isEmpty()) {
            backend.observations().gone(lockPath);
            return lock;
        }
        Seen seen = lock.get();
        return Optional.of(
                watch
                        ? backend.observations().saw(lockPath, seen)
                        : backend.observations().noted(lockPath, seen));
    }

    @Override
    protected void refused(Code code) {
        complete(Standing.failed(backend.unavailable(
                switch (code) {
                    case NONODE ->
                        "the folder " + backend.paths().queues()
                                + " is gone: deleted, or the ensemble was emptied; open a new client";
                    case NOAUTH -> "access denied to " + line.folder();
                    default -> "the ensemble refused";
                },
                KeeperException.create(code),
                name)));
    }

    @Override
    protected Standing outOfTime(boolean mayHaveEffect) {
        return Standing.failed(backend.unavailable("closed before an answer came", null, name));
    }
}

package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LockUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.CreateOptions;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;

/**
 * Makes sure, before the client is given to anybody, that the ensemble is there, has a majority, holds the base znodes, and lets this client write below
 * them: a lock that cannot be acquired for want of a right should be known at the start.
 */
final class Opening {
    private final Settings settings;
    private final Connection connection;
    private final LockPaths paths;
    private final long end;

    Opening(Settings settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
        this.paths = new LockPaths(settings.base());
        this.end = System.nanoTime() + settings.connectTimeout().toNanos();
    }

    void run() throws InterruptedException {
        try {
            connection.start(left());
        } catch (TimeoutException e) {
            throw new LockUnavailableException(
                    "zookeeper: none of " + settings.connectString() + " accepted a session within "
                            + settings.connectTimeout()
                            + "; check the addresses, the network, and that a majority of the ensemble runs",
                    e);
        }
        Code code = probe();
        if (code == Code.NONODE && settings.createBase()) {
            for (String folder : folders()) {
                create(folder);
            }
            code = probe();
        }
        switch (code) {
            case OK -> {}
            case NONODE ->
                throw new LockUnavailableException(
                        "zookeeper: " + String.join(" or ", folders()) + " does not exist at "
                                + settings.connectString() + "; create it, or allow it by createBase=true",
                        KeeperException.create(code));
            default -> throw refused(code, paths.base());
        }
    }

    /** What has to be there. */
    private List<String> folders() {
        return settings.fair() ? List.of(paths.grants(), paths.queues()) : List.of(paths.grants());
    }

    private LockUnavailableException refused(Code code, String path) {
        String reason = switch (code) {
            case NOAUTH ->
                settings.userText() + " may not write below " + path
                        + "; check the user, the password and the znode's ACL (getAcl in zkCli)";
            case AUTHFAILED -> settings.userText() + " was refused";
            default -> code.toString();
        };
        return new LockUnavailableException(
                "zookeeper: " + settings.connectString() + ": " + reason, KeeperException.create(code));
    }

    /** Makes and deletes a znode in one transaction, where grants, locks and queues are. */
    private Code probe() throws InterruptedException {
        CreateOptions options =
                CreateOptions.newBuilder(settings.acl(), CreateMode.EPHEMERAL).build();
        UUID id = UUID.randomUUID();
        List<String> probes = new ArrayList<>();
        probes.add(paths.base() + "/.probe-" + id);
        folders().forEach(folder -> probes.add(folder + "/" + id));
        List<Op> ops = new ArrayList<>();
        probes.forEach(path -> ops.add(Op.create(path, new byte[0], options)));
        probes.forEach(path -> ops.add(Op.delete(path, -1)));
        return answer((zk, done) -> zk.multi(ops, (rc, path, context, results) -> done.complete(Code.get(rc)), null));
    }

    private void create(String folder) throws InterruptedException {
        for (int slash = folder.indexOf('/', 1); ; slash = folder.indexOf('/', slash + 1)) {
            String path = slash < 0 ? folder : folder.substring(0, slash);
            Code code = answer((zk, done) -> zk.create(
                    path,
                    new byte[0],
                    settings.acl(),
                    CreateMode.PERSISTENT,
                    (rc, p, context, created) -> done.complete(Code.get(rc)),
                    null));
            // the right to write an outer znode is not needed where it exists
            if (code != Code.OK && code != Code.NODEEXISTS && (code != Code.NOAUTH || slash < 0)) {
                throw refused(code, path);
            }
            if (slash < 0) {
                return;
            }
        }
    }

    private interface Request {
        void send(ZooKeeper zk, CompletableFuture<Code> done);
    }

    /** Sends until somebody answers. What is sent here may be sent twice. */
    private Code answer(Request request) throws InterruptedException {
        while (true) {
            Code code = Code.CONNECTIONLOSS;
            ZooKeeper zk = connection.connected();
            if (zk != null) {
                CompletableFuture<Code> done = new CompletableFuture<>();
                request.send(zk, done);
                try {
                    code = done.get(left().toNanos(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    throw tooLate(e);
                } catch (ExecutionException e) {
                    throw new IllegalStateException(e.getCause());
                }
            }
            switch (code) {
                case CONNECTIONLOSS, SESSIONEXPIRED, SESSIONMOVED, OPERATIONTIMEOUT, REQUESTTIMEOUT, THROTTLEDOP -> {
                    if (left().isZero()) {
                        throw tooLate(KeeperException.create(code));
                    }
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                default -> {
                    return code;
                }
            }
        }
    }

    private LockUnavailableException tooLate(Exception cause) {
        return new LockUnavailableException(
                "zookeeper: " + settings.connectString() + " accepted a session, but did not write within "
                        + settings.connectTimeout() + "; check that a majority of the ensemble runs",
                cause);
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }
}

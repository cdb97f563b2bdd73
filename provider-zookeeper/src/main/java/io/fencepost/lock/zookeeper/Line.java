package io.fencepost.lock.zookeeper;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.CreateOptions;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/** What this client believes of the queue of one lock: guesses that save rounds, and that are told wrong where they are. Thread-safe. */
final class Line {
    /** For how long the first may leave a free lock alone until the one behind it removes it. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Two looks that are further apart say nothing of what was between them. */
    private static final Duration APART = Duration.ofSeconds(30);

    private final String folder;
    private volatile boolean exists;
    private volatile boolean crowded;
    private @Nullable String idle;
    private long idleSince;
    private long idleSeenAt;

    /** @param folder the parent of the queue's entries */
    Line(String folder) {
        this.folder = folder;
    }

    String folder() {
        return folder;
    }

    /** Whether the folder is there. */
    boolean exists() {
        return exists;
    }

    void exists(boolean now) {
        exists = now;
    }

    /** Whether a try will most likely have to wait for others. */
    boolean isCrowded() {
        return crowded;
    }

    void crowded(boolean now) {
        crowded = now;
    }

    /** That nobody waits: as part of a transaction, and so at the very moment in which it is applied. */
    Gate unlessAnybodyWaits(List<ACL> acl) {
        Op delete = Op.delete(folder, -1);
        if (exists) {
            return new Gate(Gate.Kind.EMPTY_QUEUE, List.of(delete));
        }
        CreateOptions options =
                CreateOptions.newBuilder(acl, CreateMode.EPHEMERAL).build();
        return new Gate(Gate.Kind.NO_QUEUE, List.of(Op.create(folder, new byte[0], options), delete));
    }

    /**
     * Keeps account of a first entry that does nothing about a lock that it could have. It counts as the same if it is seen again: a grant would have ended it.
     *
     * @param head the first entry, if the lock can be had; empty if it cannot
     * @return for how long it has been so
     */
    synchronized Duration idle(Optional<String> head, long now) {
        String path = head.orElse(null);
        if (path == null || !path.equals(idle) || now - idleSeenAt > APART.toNanos()) {
            idle = path;
            idleSince = now;
        }
        idleSeenAt = now;
        return Duration.ofNanos(now - idleSince);
    }
}

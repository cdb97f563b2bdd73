package io.fencepost.lock.zookeeper;

import java.util.List;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/**
 * On which condition on the queue a try counts. Its operations end the try's transaction, after those on the lock: where one of them is refused, the lock was free and
 * stays so.
 */
record Gate(Kind kind, List<Op> ops) {
    /** Not in fair mode: none. */
    static final Gate ALWAYS_OPEN = new Gate(Kind.ALWAYS_OPEN, List.of());

    enum Kind {
        ALWAYS_OPEN,
        /** There is no queue: its folder can be created, and is deleted at once. */
        NO_QUEUE,
        /** Nobody is in the queue: its folder can be deleted. */
        EMPTY_QUEUE,
        /** The entry of this client, which is the first, is still there, and goes. */
        FIRST
    }

    /** @param entry the path of the first in line */
    static Gate first(String entry) {
        return new Gate(Kind.FIRST, List.of(Op.delete(entry, -1)));
    }

    /** Whether a refusal of one of the operations says how the queue is, and is no other fault. */
    boolean tells(Code refusal) {
        return switch (kind) {
            case ALWAYS_OPEN -> false;
            case NO_QUEUE -> refusal == Code.NODEEXISTS;
            case EMPTY_QUEUE -> refusal == Code.NONODE || refusal == Code.NOTEMPTY;
            case FIRST -> refusal == Code.NONODE;
        };
    }
}

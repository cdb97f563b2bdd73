package io.fencepost.lock.zookeeper;

import io.fencepost.lock.LockUnavailableException;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.apache.zookeeper.ZooKeeper;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one lock, and the lock, as a server showed them.
 *
 * @param entry of this client; empty if it has none
 * @param position how many are before it, or all of them if it has no entry
 * @param others how many entries there are of others
 * @param head the path of the first entry; empty if there is none
 * @param ahead the path of the entry just before it; empty if it is the first or has none
 * @param lock empty if the lock was free
 * @param failure why nothing could be learnt or done
 */
record Standing(
        Optional<Entry> entry,
        int position,
        int others,
        Optional<String> head,
        Optional<String> ahead,
        Optional<Seen> lock,
        Optional<LockUnavailableException> failure) {
    /** A znode in a queue, and the session that it lives and dies with. */
    record Entry(String path, ZooKeeper session) {}

    private static final int ID_LENGTH = new UUID(0, 0).toString().length();

    static Standing failed(LockUnavailableException cause) {
        return new Standing(
                Optional.empty(), 0, 0, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(cause));
    }

    /**
     * @param folder of the queue
     * @param names of the znodes in it
     * @param own which of them is this client's; null if none
     */
    static Standing of(
            String folder, Collection<String> names, @Nullable String own, ZooKeeper session, Optional<Seen> lock) {
        String head = null;
        String ahead = null;
        int before = 0;
        int others = 0;
        for (String name : names) {
            if (!isEntry(name)) {
                continue;
            }
            if (head == null || isBefore(name, head)) {
                head = name;
            }
            others += name.equals(own) ? 0 : 1;
            if (own == null || isBefore(name, own)) {
                before++;
                if (own != null && (ahead == null || isBefore(ahead, name))) {
                    ahead = name;
                }
            }
        }
        return new Standing(
                Optional.ofNullable(own).map(name -> new Entry(folder + "/" + name, session)),
                before,
                others,
                Optional.ofNullable(head).map(name -> folder + "/" + name),
                Optional.ofNullable(ahead).map(name -> folder + "/" + name),
                lock,
                Optional.empty());
    }

    private static boolean isEntry(String name) {
        return name.length() > ID_LENGTH
                && name.charAt(ID_LENGTH) == '-'
                && sequence(name).isPresent();
    }

    /** ZooKeeper counts on from the greatest int to the least: who is before whom is told by the difference. */
    private static boolean isBefore(String name, String other) {
        return sequence(name).orElseThrow() - sequence(other).orElseThrow() < 0;
    }

    private static Optional<Integer> sequence(String name) {
        try {
            return Optional.of(Integer.parseInt(name.substring(ID_LENGTH + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}

package io.fencepost.lock.zookeeper.fencing;

import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.common.PathUtils;
import org.apache.zookeeper.data.ACL;

/** Fenced values in persistent znodes, two a key. */
public final class ZooKeeperFencedResources {
    private ZooKeeperFencedResources() {}

    /**
     * A resource below a znode, which is made with its parents when the first value is written.
     *
     * @param session asked by every request for the session to use, so that it can give the next one when the ensemble has ended the one before; sessions stay the caller's
     * @param base path of the znode, such as {@code /app/orders}; nothing else may be kept below it
     * @param acl of all znodes that are made
     * @param timeout within which a call ends: 10 ms to 5 min
     * @throws IllegalArgumentException if an argument is out of range; nothing was sent
     */
    public static FencedResource over(Supplier<ZooKeeper> session, String base, List<ACL> acl, Duration timeout) {
        try {
            PathUtils.validatePath(base);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "zookeeper: '" + base + "' is not a znode path; allowed is /segment/segment", e);
        }
        if (base.equals("/") || base.equals("/zookeeper") || base.startsWith("/zookeeper/")) {
            throw new IllegalArgumentException(
                    "zookeeper: '" + base + "' is reserved; allowed is another path of one segment or more");
        }
        if (acl.isEmpty()) {
            throw new IllegalArgumentException("zookeeper: the ACL is empty; allowed is one entry or more");
        }
        return FencedResources.over(
                new ZooKeeperFencedStore(session, base, List.copyOf(acl)), "zookeeper: " + base, timeout);
    }
}

package io.fencepost.jmh.floor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** One {@code create} of an ephemeral znode; {@code delete} gives it back. */
public final class ZooKeeperFloor implements Floor {
    private static final Duration SESSION_TIMEOUT = Duration.ofSeconds(10);
    private static final String BASE = "/fencepost-floor";
    private static final byte[] DATA = "floor".getBytes(US_ASCII);

    private final ZooKeeper zooKeeper;

    /**
     * Connects, and creates the floor's own base node where it is missing.
     *
     * @param connectString {@code host:port} of the servers, with commas
     */
    public ZooKeeperFloor(String connectString) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        zooKeeper = new ZooKeeper(connectString, (int) SESSION_TIMEOUT.toMillis(), event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        });
        try {
            if (!connected.await(SESSION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("no ZooKeeper server of " + connectString + " answers");
            }
            zooKeeper.create(BASE, DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        } catch (KeeperException.NodeExistsException e) {
            // made by an earlier floor, which is as good
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    @Override
    public boolean tryTake(String name) throws Exception {
        try {
            zooKeeper.create(BASE + "/" + name, DATA, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
            return true;
        } catch (KeeperException.NodeExistsException e) {
            return false;
        }
    }

    @Override
    public void giveBack(String name) throws Exception {
        zooKeeper.delete(BASE + "/" + name, -1);
    }

    @Override
    public void close() {
        try {
            zooKeeper.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

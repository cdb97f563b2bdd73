package io.fencepost.jmh.peer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Connects Curator as its documentation does. */
final class CuratorConnection {
    private static final Duration SESSION = Duration.ofSeconds(10);

    private CuratorConnection() {}

    static CuratorFramework open(List<String> addresses) throws InterruptedException {
        CuratorFramework curator = CuratorFrameworkFactory.newClient(
                String.join(",", addresses),
                (int) SESSION.toMillis(),
                (int) SESSION.toMillis(),
                new ExponentialBackoffRetry(1000, 3));
        curator.start();
        if (!curator.blockUntilConnected((int) SESSION.toMillis(), TimeUnit.MILLISECONDS)) {
            curator.close();
            throw new IllegalStateException("no ZooKeeper server of " + addresses + " answers");
        }
        return curator;
    }
}

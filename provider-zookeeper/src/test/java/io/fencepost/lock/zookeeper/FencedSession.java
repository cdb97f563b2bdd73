package io.fencepost.lock.zookeeper;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedValue;
import io.fencepost.lock.fencing.FencedWrite;
import io.fencepost.lock.zookeeper.fencing.ZooKeeperFencedResources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;

/** A resource with a session of its own, which ends with it. */
final class FencedSession implements FencedResource {
    private static final int SESSION_MILLIS = 15_000;
    private static final int CLOSE_MILLIS = 2_000;

    private final ZooKeeper session;
    private final FencedResource resource;

    private FencedSession(ZooKeeper session, FencedResource resource) {
        this.session = session;
        this.resource = resource;
    }

    static FencedResource open(List<String> addresses, String base, Duration timeout) {
        try {
            ZooKeeper session = new ZooKeeper(String.join(",", addresses), SESSION_MILLIS, event -> {});
            return new FencedSession(
                    session, ZooKeeperFencedResources.over(() -> session, base, ZooDefs.Ids.OPEN_ACL_UNSAFE, timeout));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FencedWrite write(String key, FencingToken token, byte[] value) {
        return resource.write(key, token, value);
    }

    @Override
    public FencedWrite delete(String key, FencingToken token) {
        return resource.delete(key, token);
    }

    @Override
    public Optional<FencedValue> read(String key) {
        return resource.read(key);
    }

    @Override
    public void close() {
        resource.close();
        try {
            session.close(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.fencepost.infra;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** Just enough of a client for each server to see whether its data is still there. */
final class TestServers {

    private static final int LIMIT_MS = 10_000;

    private TestServers() {}

    /** The first line of Redis's answer to an inline command. */
    static String redis(ServerNode node, String command) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MS);
            socket.connect(node.address(), LIMIT_MS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            return line.startsWith("$") && !line.equals("$-1") ? reader.readLine() : line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first element of Redis's answer to an inline command that has an array of texts for an answer. */
    static String redisArray(ServerNode node, String command) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(LIMIT_MS);
            socket.connect(node.address(), LIMIT_MS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String size = reader.readLine();
            if (!size.startsWith("*")) {
                throw new IllegalStateException(command + " was answered by " + size);
            }
            reader.readLine();
            return reader.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Creates a persistent znode through one server. */
    static void createZnode(ServerNode node, String path, String data) {
        inZooKeeper(
                node,
                client -> client.create(
                        path,
                        data.getBytes(StandardCharsets.UTF_8),
                        ZooDefs.Ids.OPEN_ACL_UNSAFE,
                        CreateMode.PERSISTENT));
    }

    /** Creates a persistent znode through one server and gives the time of that by the server's clock. */
    static Instant creationTime(ServerNode node, String path) {
        createZnode(node, path, "");
        return inZooKeeper(
                node, client -> Instant.ofEpochMilli(client.exists(path, false).getCtime()));
    }

    /** Reads a znode through one server. */
    static String readZnode(ServerNode node, String path) {
        return inZooKeeper(node, client -> new String(client.getData(path, false, new Stat()), StandardCharsets.UTF_8));
    }

    /** The rows of a query to one Cassandra node. */
    static List<List<String>> cassandra(Cluster cluster, int index, String cql, int consistency) {
        try (CqlProbe probe = CqlProbe.open(
                cluster.nodes().get(index).address(),
                "cassandra",
                cluster.spec().password())) {
            return probe.query(cql, consistency);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> T inZooKeeper(ServerNode node, ZooKeeperAction<T> action) {
        CountDownLatch connected = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                connected.countDown();
            }
        };
        String address = node.address().getHostString() + ":" + node.address().getPort();
        try {
            ZooKeeper client = new ZooKeeper(address, LIMIT_MS, watcher);
            try {
                if (!connected.await(LIMIT_MS, TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException("no session with " + node);
                }
                return action.run(client);
            } finally {
                client.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (KeeperException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw Waiting.interrupted("talking to ZooKeeper", e);
        }
    }

    private interface ZooKeeperAction<T> {
        T run(ZooKeeper client) throws KeeperException, InterruptedException;
    }
}

package io.fencepost.tck.clusters;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.NodeState;
import io.fencepost.infra.ServerNode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Writes down what is done to it. */
final class FakeCluster implements Cluster {
    private static final int FIRST_PORT = 1_001;

    private final List<String> calls = new ArrayList<>();
    private final ClusterSpec spec;
    private final List<ServerNode> nodes;

    FakeCluster(int size) {
        this(ClusterSpec.of(ClusterKind.REDIS).withNodes(size));
    }

    FakeCluster(ClusterSpec spec) {
        this.spec = spec;
        this.nodes =
                IntStream.range(0, spec.nodes()).<ServerNode>mapToObj(Node::new).toList();
    }

    List<String> calls() {
        return calls;
    }

    private final class Node implements ServerNode {
        private final int index;
        private Duration offset = Duration.ZERO;

        Node(int index) {
            this.index = index;
        }

        private void call(String what) {
            calls.add(what + " " + index);
        }

        @Override
        public int index() {
            return index;
        }

        @Override
        public String id() {
            return "fake-" + index;
        }

        @Override
        public InetSocketAddress address() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), FIRST_PORT + index);
        }

        @Override
        public long pid() {
            return -1;
        }

        @Override
        public NodeState state() {
            return NodeState.RUNNING;
        }

        @Override
        public void kill() {
            call("kill");
        }

        @Override
        public void pause() {
            call("pause");
        }

        @Override
        public void resume() {
            call("resume");
        }

        @Override
        public void restart() {
            call("restart");
        }

        @Override
        public void restartEmpty() {
            call("restartEmpty");
        }

        @Override
        public void moveClock(Duration to) {
            offset = to;
            call("clock " + to);
        }

        @Override
        public Duration clockOffset() {
            return offset;
        }

        @Override
        public Path log() {
            return Path.of("fake.log");
        }
    }

    @Override
    public String kind() {
        return spec.kind().id();
    }

    @Override
    public String version() {
        return "0";
    }

    @Override
    public ClusterSpec spec() {
        return spec;
    }

    @Override
    public String describe() {
        return "fake";
    }

    @Override
    public List<ServerNode> nodes() {
        return nodes;
    }

    @Override
    public List<String> addresses() {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.address().getPort())
                .toList();
    }

    @Override
    public Path directory() {
        return Path.of("fake");
    }

    @Override
    public void awaitHealthy(Duration limit) {
        calls.add("awaitHealthy");
    }

    @Override
    public void heal() {
        calls.add("heal");
    }

    @Override
    public void close() {
        calls.add("close");
    }
}

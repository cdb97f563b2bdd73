package io.fencepost.lock.zookeeper;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.docker.DockerClusters;

/** The conformance kit over three containers of the official image; NOT RUN without {@code -Ddocker} or without an engine. */
class ZooKeeperDockerTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return DockerClusters.fixture(
                "zookeeper-docker",
                ClusterSpec.of(ClusterKind.ZOOKEEPER),
                cluster -> new ZooKeeperFixture("zookeeper-docker", cluster, ""));
    }
}

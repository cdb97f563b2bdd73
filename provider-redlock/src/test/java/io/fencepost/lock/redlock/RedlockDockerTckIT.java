package io.fencepost.lock.redlock;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.docker.DockerClusters;

/** The conformance kit over 5 containers of the official image; NOT RUN without {@code -Ddocker} or without an engine. */
class RedlockDockerTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return DockerClusters.fixture(
                "redlock-docker",
                ClusterSpec.of(ClusterKind.REDIS),
                cluster -> new RedlockFixture("redlock-docker", cluster));
    }
}

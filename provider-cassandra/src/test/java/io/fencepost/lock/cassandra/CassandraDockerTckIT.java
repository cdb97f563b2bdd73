package io.fencepost.lock.cassandra;

import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.docker.DockerClusters;

/** The conformance kit over three containers of the official image, with {@code expiry=ttl}; NOT RUN without {@code -Ddocker} or without an engine. */
class CassandraDockerTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return DockerClusters.fixture(
                "cassandra-docker",
                ClusterSpec.of(ClusterKind.CASSANDRA),
                cluster -> CassandraFixture.over("cassandra-docker", cluster));
    }
}

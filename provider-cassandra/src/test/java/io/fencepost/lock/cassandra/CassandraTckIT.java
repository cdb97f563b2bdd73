package io.fencepost.lock.cassandra;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over three nodes, with {@code expiry=ttl}. */
class CassandraTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return CassandraFixture.ttl();
    }
}

package io.fencepost.lock.cassandra;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over three nodes, with {@code expiry=observed}. */
class CassandraObservedTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return CassandraFixture.observed();
    }
}

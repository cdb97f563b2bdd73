package io.fencepost.lock.zookeeper;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over an ensemble of three. */
class ZooKeeperTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new ZooKeeperFixture("zookeeper", "");
    }
}

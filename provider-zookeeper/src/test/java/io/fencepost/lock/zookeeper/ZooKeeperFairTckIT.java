package io.fencepost.lock.zookeeper;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over an ensemble of three, in fair mode. */
class ZooKeeperFairTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new ZooKeeperFixture("zookeeper-fair", "&fair=true");
    }
}

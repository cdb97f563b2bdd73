package io.fencepost.lock.redlock;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over 5 nodes. */
class Redlock5TckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new RedlockFixture(5);
    }
}

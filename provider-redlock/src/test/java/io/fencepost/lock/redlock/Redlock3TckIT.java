package io.fencepost.lock.redlock;

import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.ProviderFixture;

/** The conformance kit over 3 nodes. */
class Redlock3TckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new RedlockFixture(3);
    }
}

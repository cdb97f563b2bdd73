package io.fencepost.tck;

import java.time.Duration;
import java.util.UUID;

/** The in-process provider keeps all rules. */
class MemoryTckTest extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        return new UriFixture("memory", "memory:tck-" + UUID.randomUUID(), Duration.ofMillis(300)) {};
    }
}

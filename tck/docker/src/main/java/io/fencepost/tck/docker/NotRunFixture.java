package io.fencepost.tck.docker;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.tck.ProviderFixture;
import java.time.Duration;
import org.opentest4j.TestAbortedException;

/** Aborts the suite at its first client, so that every rule is NOT RUN for this reason. */
final class NotRunFixture implements ProviderFixture {
    private final String name;
    private final String reason;

    NotRunFixture(String name, String reason) {
        this.name = name;
        this.reason = reason;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public LockClients.Builder client() {
        throw new TestAbortedException(reason);
    }

    @Override
    public LockBackend backend(String holder) {
        throw new TestAbortedException(reason);
    }

    @Override
    public Duration shortTtl() {
        return Duration.ofSeconds(1);
    }
}

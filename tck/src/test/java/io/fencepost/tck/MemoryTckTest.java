package io.fencepost.tck;

import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** The in-process provider keeps all rules that have a meaning for it. */
class MemoryTckTest extends LockProviderTck {
    private static final String NOTHING_BETWEEN =
            RuleResult.NOT_APPLICABLE + ": nothing is between the provider and its locks, which live in one process";

    @Override
    protected ProviderFixture fixture() {
        FencedResource values = FencedResources.inMemory();
        return new UriFixture("memory", "memory:tck-" + UUID.randomUUID(), Duration.ofMillis(300)) {
            @Override
            public Duration ttlOfManyLeases() {
                return Duration.ofSeconds(1);
            }

            @Override
            public Hook<Supplier<ClientLinks>> links() {
                return Hook.missing(NOTHING_BETWEEN);
            }

            @Override
            public Hook<ServerControl> servers() {
                return Hook.missing(NOTHING_BETWEEN);
            }

            @Override
            public Hook<ClockControl> clocks() {
                return Hook.missing(NOTHING_BETWEEN);
            }

            @Override
            public Hook<Supplier<FencedResource>> fencedResource() {
                return Hook.of(() -> new ResourceView(values));
            }
        };
    }
}

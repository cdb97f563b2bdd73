package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.function.Supplier;

/** The suite on a memory space whose backends were broken on purpose. Run by {@link BrokenProvidersTest} alone. */
abstract class BrokenSuite extends LockProviderTck {
    private static final Duration TTL = Duration.ofMillis(250);

    /** One more backend of the space, broken. What is broken across clients is kept in fields of the suite. */
    abstract LockBackend broken(LockBackend sound);

    /** One more view of a resource. What is broken across views is kept in fields of the suite. */
    FencedResource resource(FencedResource sound) {
        return new ResourceView(sound);
    }

    @Override
    protected ProviderFixture fixture() {
        FencedResource values = FencedResources.inMemory();
        MemorySpace space = new MemorySpace(TimeSource.SYSTEM);
        return new ProviderFixture() {
            @Override
            public String name() {
                return BrokenSuite.this.getClass().getSimpleName();
            }

            @Override
            public LockClients.Builder client() {
                return LockClients.builder(broken(space.connect()));
            }

            @Override
            public LockBackend backend(String holder) {
                return broken(space.connect());
            }

            @Override
            public Duration shortTtl() {
                return TTL;
            }

            @Override
            public Duration ttlOfManyLeases() {
                return Duration.ofMillis(600);
            }

            @Override
            public Hook<Supplier<FencedResource>> fencedResource() {
                return Hook.of(() -> resource(values));
            }

            @Override
            public Duration slack() {
                return Duration.ofMillis(600);
            }
        };
    }
}

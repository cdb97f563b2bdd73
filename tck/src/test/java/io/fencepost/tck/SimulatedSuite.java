package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.fencing.FencedResource;
import io.fencepost.lock.fencing.FencedResources;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.function.Supplier;

/** The suite on a simulated cluster, with all the hooks that it has. */
abstract class SimulatedSuite extends LockProviderTck {
    private static final Duration TTL = Duration.ofMillis(250);

    private final SimulatedCluster cluster = cluster();
    private final FencedResource values = FencedResources.inMemory();

    /** What to run on. */
    SimulatedCluster cluster() {
        return new SimulatedCluster();
    }

    /** What clients see of one of its backends. */
    LockBackend broken(LockBackend sound) {
        return sound;
    }

    @Override
    protected ProviderFixture fixture() {
        return new ProviderFixture() {
            @Override
            public String name() {
                return SimulatedSuite.this.getClass().getSimpleName();
            }

            @Override
            public LockClients.Builder client() {
                return LockClients.builder(backend(""));
            }

            @Override
            public LockBackend backend(String holder) {
                return broken(cluster.connect(new SimulatedLink()));
            }

            @Override
            public Duration shortTtl() {
                return TTL;
            }

            @Override
            public Duration slack() {
                return Duration.ofMillis(600);
            }

            @Override
            public Duration operationTimeout() {
                return SimulatedCluster.OPERATION_TIMEOUT;
            }

            @Override
            public Duration ttlOfManyLeases() {
                return Duration.ofMillis(600);
            }

            @Override
            public Hook<Supplier<ClientLinks>> links() {
                return Hook.of(() -> cluster.links(SimulatedSuite.this::broken));
            }

            @Override
            public Hook<ServerControl> servers() {
                return Hook.of(cluster.servers());
            }

            @Override
            public Hook<ClockControl> clocks() {
                return Hook.of(cluster.clocks());
            }

            @Override
            public Hook<Supplier<FencedResource>> fencedResource() {
                return Hook.of(() -> new ResourceView(values));
            }
        };
    }
}

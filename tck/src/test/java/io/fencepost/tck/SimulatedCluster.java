package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Three servers that are played by one memory space, and the links to them: sound, and able to fail in every way that the kit's hooks ask for. A majority of the servers has to be at work; what
 * they store survives them. Broken variants override single steps.
 */
class SimulatedCluster {
    static final int SERVERS = 3;
    static final Duration OPERATION_TIMEOUT = Duration.ofMillis(300);

    /** How a server is. */
    enum Server {
        WORKING,
        PAUSED,
        KILLED
    }

    private final Server[] servers = new Server[SERVERS];
    private final List<Runnable> waiting = new ArrayList<>();
    private volatile MemorySpace space = new MemorySpace(clock());

    SimulatedCluster() {
        Arrays.fill(servers, Server.WORKING);
    }

    /** What it promises. */
    Capabilities.Builder capabilities() {
        return Capabilities.builder("simulated", FencingClass.PROCESS)
                .guarantee("As sound as one map in one process.")
                .durability(Durability.RESTART)
                .clockTrust(ClockTrust.NONE)
                .ttlRange(Duration.ofMillis(50), Duration.ofHours(1))
                .drift(0, Duration.ZERO)
                .grace(Duration.ofMillis(50))
                .wakeUps(true)
                .cohortHandoff(true)
                .handoffBound(Duration.ofMillis(500));
    }

    /** What leases are judged by. */
    TimeSource clock() {
        return TimeSource.SYSTEM;
    }

    MemorySpace space() {
        return space;
    }

    /** For variants that forget. */
    void replaceSpace(MemorySpace other) {
        space = other;
    }

    /** A backend of one client. */
    LockBackend connect(SimulatedLink link) {
        return new SimulatedBackend(this, link);
    }

    /** Has the servers do something: at once, later if too many are paused, or never if too many are gone. */
    void execute(Runnable step, Runnable refuse) {
        synchronized (this) {
            if (!isQuorum(count(Server.WORKING))) {
                if (isQuorum(count(Server.WORKING) + count(Server.PAUSED))) {
                    waiting.add(step);
                    return;
                }
                step = refuse;
            }
        }
        step.run();
    }

    boolean isQuorum(long number) {
        return number > SERVERS / 2;
    }

    final synchronized long count(Server state) {
        return Arrays.stream(servers).filter(server -> server == state).count();
    }

    /** By when a client gives up. */
    Duration patience() {
        return OPERATION_TIMEOUT;
    }

    /** A server was killed: nothing, as what all of them store is one. */
    void onKilled() {}

    /** The wall clock of a server differs by that from now on: nothing, as nobody looks at it. */
    void onClockMoved(Duration offset) {}

    final ServerControl servers() {
        return new ServerControl() {
            @Override
            public int count() {
                return SERVERS;
            }

            @Override
            public int tolerated() {
                return 1;
            }

            @Override
            public void kill(int server) {
                become(server, Server.KILLED);
                onKilled();
            }

            @Override
            public void pause(int server) {
                become(server, Server.PAUSED);
            }

            @Override
            public void heal() {
                List<Runnable> late;
                synchronized (SimulatedCluster.this) {
                    Arrays.fill(servers, Server.WORKING);
                    late = List.copyOf(waiting);
                    waiting.clear();
                }
                late.forEach(Runnable::run);
            }
        };
    }

    private synchronized void become(int server, Server state) {
        servers[server] = state;
    }

    final ClockControl clocks() {
        return new ClockControl() {
            @Override
            public int count() {
                return SERVERS;
            }

            @Override
            public void move(int server, Duration offset) {
                onClockMoved(offset);
            }

            @Override
            public void heal() {
                onClockMoved(Duration.ZERO);
            }
        };
    }

    final ClientLinks links(UnaryOperator<LockBackend> change) {
        SimulatedLink link = new SimulatedLink();
        return new ClientLinks() {
            @Override
            public LockClients.Builder client() {
                return LockClients.builder(backend(""));
            }

            @Override
            public LockBackend backend(String holder) {
                return change.apply(connect(link));
            }

            @Override
            public void cut() {
                link.become(SimulatedLink.Mode.CUT);
            }

            @Override
            public void freeze() {
                link.become(SimulatedLink.Mode.FREEZE);
            }

            @Override
            public void holdRequests() {
                link.become(SimulatedLink.Mode.HOLD_REQUESTS);
            }

            @Override
            public void holdAnswers() {
                link.become(SimulatedLink.Mode.HOLD_ANSWERS);
            }

            @Override
            public void drop() {
                link.drop();
            }

            @Override
            public void heal() {
                link.heal();
            }

            @Override
            public long held() {
                return link.held();
            }

            @Override
            public void close() {
                link.become(SimulatedLink.Mode.CUT);
            }
        };
    }
}

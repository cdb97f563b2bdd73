package io.fencepost.tck;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** The live threads of this process at one instant, to be compared with those of a later one. */
final class Threads {
    /** Of the JDK and of the kit: they come and go for reasons of their own. */
    private static final List<String> NOBODYS = List.of(
            "ForkJoinPool.commonPool-",
            "CompletableFutureDelayScheduler",
            "Cleaner-",
            "process reaper",
            "awaitility",
            "fencepost-tck-");

    private final Set<Thread> before = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ProviderFixture fixture;

    private Threads(ProviderFixture fixture) {
        this.fixture = fixture;
        before.addAll(Thread.getAllStackTraces().keySet());
    }

    static Threads now(ProviderFixture fixture) {
        return new Threads(fixture);
    }

    /** Waits until no thread is left that was started since, and fails with the names of those that are. */
    void awaitNoneLeft(String after, Duration limit) {
        try {
            Awaitility.await()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(20, TimeUnit.MILLISECONDS)
                    .atMost(limit)
                    .until(() -> left().isEmpty());
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("threads still alive " + limit + " after " + after + ": " + left(), e);
        }
    }

    private List<String> left() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                .filter(name -> NOBODYS.stream().noneMatch(name::startsWith) && !fixture.mayOutliveClients(name))
                .sorted()
                .toList();
    }
}

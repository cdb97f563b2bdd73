package io.fencepost.jmh.peer;

import static io.fencepost.jmh.contestant.Ability.WAITS;

import io.fencepost.jmh.contestant.Backend;
import io.fencepost.jmh.contestant.Contestant;
import io.fencepost.jmh.contestant.ContestantType;
import io.fencepost.jmh.contestant.Opening;
import io.fencepost.jmh.contestant.PerClient;
import io.fencepost.jmh.contestant.Role;
import io.fencepost.jmh.contestant.Versions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;

/**
 * Curator's recipes. {@code curator-mutex}: InterProcessMutex, fair and reentrant by thread, held as long as the session. {@code curator-semaphore-mutex}:
 * InterProcessSemaphoreMutex, not bound to a thread. Neither has tokens, nor an expiry but the session's.
 */
public final class CuratorPeers {
    private static final String BASE = "/curator";

    private CuratorPeers() {}

    /** All of them. */
    public static List<ContestantType> types() {
        String version = Versions.of("org.apache.curator", "curator-recipes", InterProcessMutex.class);
        return List.of(
                new ContestantType(
                        "curator-mutex",
                        Backend.ZOOKEEPER,
                        Role.PEER,
                        version,
                        "exclusion by ZooKeeper's total order while no holder pauses beyond its session; fair; no fencing tokens",
                        Set.of(WAITS),
                        CuratorPeers::openMutex),
                new ContestantType(
                        "curator-semaphore-mutex",
                        Backend.ZOOKEEPER,
                        Role.PEER,
                        version,
                        "as curator-mutex, and a hold may pass between threads",
                        Set.of(WAITS),
                        CuratorPeers::openSemaphore));
    }

    private static Contestant openMutex(Opening opening) throws Exception {
        return new LockContestant(PerClient.open(
                opening.clients(),
                client -> new Mutexes(CuratorConnection.open(opening.addresses()), new ConcurrentHashMap<>())));
    }

    private static Contestant openSemaphore(Opening opening) throws Exception {
        return new LockContestant(PerClient.open(
                opening.clients(), client -> new Semaphores(CuratorConnection.open(opening.addresses()))));
    }

    private record Mutexes(CuratorFramework curator, ConcurrentHashMap<String, InterProcessMutex> mutexes)
            implements LockContestant.Client {
        @Override
        public Optional<LockContestant.Holding> acquire(String lock, Duration wait) throws Exception {
            InterProcessMutex mutex =
                    mutexes.computeIfAbsent(lock, name -> new InterProcessMutex(curator, BASE + "/" + name));
            return mutex.acquire(wait.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(mutex::release)
                    : Optional.empty();
        }

        @Override
        public void close() {
            curator.close();
        }
    }

    private record Semaphores(CuratorFramework curator) implements LockContestant.Client {
        @Override
        public Optional<LockContestant.Holding> acquire(String lock, Duration wait) throws Exception {
            // an instance is one hold
            InterProcessSemaphoreMutex mutex = new InterProcessSemaphoreMutex(curator, BASE + "-semaphore/" + lock);
            return mutex.acquire(wait.toMillis(), TimeUnit.MILLISECONDS)
                    ? Optional.of(mutex::release)
                    : Optional.empty();
        }

        @Override
        public void close() {
            curator.close();
        }
    }
}

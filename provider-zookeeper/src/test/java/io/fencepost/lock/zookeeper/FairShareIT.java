package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.infra.Clusters;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What each of several clients gets of one lock that all of them want all the time, in both modes, interleaved. Prints what it measured. */
class FairShareIT {
    private static final int CLIENTS = 4;
    private static final LockOptions OPTIONS = LockOptions.ttl(Duration.ofSeconds(10));
    private static final Duration STRETCH = Duration.ofSeconds(3);

    @Test
    void inFairModeEveryClientGetsItsShareUnderContention() throws Exception {
        StringBuilder report = new StringBuilder();
        for (int round = 0; round < 3; round++) {
            for (boolean fair : new boolean[] {false, true}) {
                List<List<Long>> shares = contend(fair, OPTIONS);
                int[] grants = shares.stream().mapToInt(List::size).toArray();
                report.append(line(fair, shares, grants));
                if (fair) {
                    int least = Arrays.stream(grants).min().orElseThrow();
                    int most = Arrays.stream(grants).max().orElseThrow();
                    assertThat(least)
                            .as("grants of the clients %s", Arrays.toString(grants))
                            .isPositive()
                            .isGreaterThan(most / 2);
                }
            }
        }
        System.out.println(report);
    }

    private static String line(boolean fair, List<List<Long>> shares, int[] grants) {
        long[] waits = shares.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .sorted()
                .toArray();
        return String.format(
                "%s: %d clients, %.0f locks/s, wait p50 %.2f ms, p99 %.2f ms, longest %.1f ms, grants %s%n",
                fair ? "fair  " : "unfair",
                CLIENTS,
                waits.length / (double) STRETCH.toSeconds(),
                waits[waits.length / 2] / 1e6,
                waits[waits.length * 99 / 100] / 1e6,
                waits[waits.length - 1] / 1e6,
                Arrays.toString(grants));
    }

    /** With pauses so long that a handoff whose wake-up was lost would show as one. */
    @Test
    void noHandoffIsLeftToTheWaitersPauses() throws Exception {
        Duration pause = Duration.ofSeconds(20);
        List<List<Long>> shares = contend(true, OPTIONS.withBackoff((failures, random) -> pause));
        long longest = shares.stream()
                .flatMap(List::stream)
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();
        System.out.println(
                line(true, shares, shares.stream().mapToInt(List::size).toArray()));
        assertThat(Duration.ofNanos(longest)).isLessThan(pause.dividedBy(4));
    }

    private static List<List<Long>> contend(boolean fair, LockOptions options) throws Exception {
        String uri = "zookeeper://" + String.join(",", Clusters.zookeeper().addresses()) + "/it?fair=" + fair;
        String name = Backends.newName();
        AtomicBoolean over = new AtomicBoolean();
        List<LockClient> clients = new ArrayList<>();
        List<FutureTask<List<Long>>> contenders = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                LockClient client = LockClients.open(uri);
                clients.add(client);
                FutureTask<List<Long>> contender = new FutureTask<>(() -> waits(client.lock(name, options), over));
                contenders.add(contender);
                new Thread(contender, "contender-" + i).start();
            }
            TimeUnit.MILLISECONDS.sleep(STRETCH.toMillis());
            over.set(true);
            List<List<Long>> shares = new ArrayList<>();
            for (FutureTask<List<Long>> contender : contenders) {
                shares.add(contender.get(30, TimeUnit.SECONDS));
            }
            return shares;
        } finally {
            clients.forEach(LockClient::close);
        }
    }

    private static List<Long> waits(DistributedLock lock, AtomicBoolean over) throws InterruptedException {
        List<Long> waits = new ArrayList<>();
        while (!over.get()) {
            long start = System.nanoTime();
            Lease lease = lock.acquire();
            waits.add(System.nanoTime() - start);
            lease.release();
        }
        return waits;
    }
}

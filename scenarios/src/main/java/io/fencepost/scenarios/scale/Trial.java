package io.fencepost.scenarios.scale;

import io.fencepost.lock.Backoff;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockObserver;
import io.fencepost.lock.LockOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** The measured counterpart of a {@link Model} run: real clients of this process on a real cluster. */
final class Trial {
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final Duration STOP = Duration.ofSeconds(30);

    private Trial() {}

    /** Counts rounds: a handoff is told as an attempt and as a release, and is one. */
    private static final class Rounds implements LockObserver {
        private final LongAdder count = new LongAdder();

        @Override
        public void attempted(String lock, AttemptResult result, Duration latency) {
            count.increment();
        }

        @Override
        public void released(String lock, Duration hold) {
            count.increment();
        }

        @Override
        public void handedOff(String lock) {
            count.decrement();
        }
    }

    /**
     * Measures {@code load}, whose trips are those of this machine, for {@code length}, after half as long for warming up.
     *
     * @param prefix of the names of the locks
     * @throws IllegalStateException if a thread failed
     */
    static Figures run(String uri, String prefix, Load load, Duration length) throws InterruptedException {
        Rounds rounds = new Rounds();
        LongAdder grants = new LongAdder();
        Histogram waits = new ConcurrentHistogram(3);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        List<LockClient> clients = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try {
            for (int i = 0; i < load.clients(); i++) {
                clients.add(LockClients.builder(uri).observer(rounds).open());
            }
            for (LockClient client : clients) {
                for (int i = 0; i < load.threads(); i++) {
                    Thread thread = new Thread(
                            () -> {
                                try {
                                    work(client, prefix, load.locks(), grants, waits);
                                } catch (InterruptedException e) {
                                    Thread.currentThread().interrupt();
                                } catch (Throwable e) {
                                    failure.compareAndSet(null, e);
                                }
                            },
                            "trial");
                    threads.add(thread);
                }
            }
            threads.forEach(Thread::start);
            Thread.sleep(length.toMillis() / 2);
            waits.reset();
            long grantsBefore = grants.sum();
            long roundsBefore = rounds.count.sum();
            long began = System.nanoTime();
            Thread.sleep(length.toMillis());
            double seconds = (System.nanoTime() - began) / 1e9;
            long granted = grants.sum() - grantsBefore;
            long counted = rounds.count.sum() - roundsBefore;
            Histogram waited = waits.copy();
            stop(threads);
            Throwable cause = failure.get();
            if (cause != null) {
                throw new IllegalStateException("a thread of the trial failed: " + cause.getMessage(), cause);
            }
            return new Figures(
                    granted / seconds,
                    granted == 0 ? Double.NaN : (double) counted / granted,
                    waited.getValueAtPercentile(50) / 1e6,
                    waited.getValueAtPercentile(99) / 1e6,
                    Double.NaN);
        } finally {
            threads.forEach(Thread::interrupt);
            clients.forEach(LockClient::close);
        }
    }

    private static void work(LockClient client, String prefix, int locks, LongAdder grants, Histogram waits)
            throws InterruptedException {
        LockOptions options =
                LockOptions.ttl(TTL).withBackoff(Backoff.exponential(Duration.ofMillis(5), Duration.ofMillis(250)));
        List<DistributedLock> all = new ArrayList<>();
        for (int i = 0; i < locks; i++) {
            all.add(client.lock(prefix + i, options));
        }
        while (!Thread.currentThread().isInterrupted()) {
            DistributedLock lock = all.get(ThreadLocalRandom.current().nextInt(locks));
            long asked = System.nanoTime();
            Lease lease = lock.acquire();
            waits.recordValue(System.nanoTime() - asked);
            grants.increment();
            lease.release();
        }
    }

    private static void stop(List<Thread> threads) throws InterruptedException {
        threads.forEach(Thread::interrupt);
        long deadline = System.nanoTime() + STOP.toNanos();
        for (Thread thread : threads) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
    }
}

package io.fencepost.scenarios.scale;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A discrete-event model of clients that share locks over a backend. Servers are one station that works on {@link Costs#workers} rounds at a time, first come, first served; a round is
 * decided when the station has done it. Clients do what the core does: one contender a client and lock, a local queue, handoff within bounds, a pause after them, backoff with full
 * jitter where nobody wakes them.
 *
 * <p>What it leaves out: the long pause that a client alone makes now and then, failures, expiry, jitter of the network, garbage collection, the split votes of Redlock, and that one row or key can be a bottleneck of its own beyond its holder.
 */
final class Model {
    // as in the core's LockQueue, Streak and LockOptions
    private static final int STREAK_GRANTS = 32;
    private static final double STREAK_MICROS = 250_000;
    private static final int STREAK_GROWTH = 8;
    private static final int STREAK_LEAST = 2;
    private static final int PAUSE_ROUNDS = 4;
    private static final double YIELD_MICROS = 200_000;
    private static final double BACKOFF_FIRST_MICROS = 5_000;
    private static final double BACKOFF_MOST_MICROS = 250_000;
    private static final double LEAST_PAUSE_MICROS = 100;

    private final Costs costs;
    private final Load load;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final double[] workerFreeAt;
    private final Histogram waits = new Histogram(3);
    private final List<Queue> queues = new ArrayList<>();

    private double now;
    private long sequence;
    private double busyMicros;
    private long rounds;
    private long grants;
    private double countFrom;

    private record Event(double at, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Double.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** The row, key or znode of one lock, and who asked to be woken. */
    private static final class Lock {
        private boolean held;
        private final List<Queue> subscribed = new ArrayList<>();
    }

    private Model(Costs costs, Load load, long seed) {
        this.costs = costs;
        this.load = load;
        this.random = new SplittableRandom(seed);
        this.workerFreeAt = new double[costs.workers()];
    }

    /**
     * Runs the model.
     *
     * @param seconds of simulated time that count; a quarter as much goes before
     */
    static Figures run(Costs costs, Load load, double seconds, long seed) {
        return new Model(costs, load, seed).run(seconds);
    }

    private Figures run(double seconds) {
        List<Lock> locks = new ArrayList<>();
        for (int i = 0; i < load.locks(); i++) {
            locks.add(new Lock());
        }
        for (int client = 0; client < load.clients(); client++) {
            List<Queue> own = new ArrayList<>();
            locks.forEach(lock -> own.add(new Queue(lock)));
            queues.addAll(own);
            for (int thread = 0; thread < load.threads(); thread++) {
                after(random.nextDouble(1_000), () -> ask(own));
            }
        }
        if (load.renewals() > 0) {
            after(0, this::renew);
        }
        countFrom = seconds * 1e6 / 4;
        double end = countFrom + seconds * 1e6;
        double busyBefore = 0;
        boolean counting = false;
        while (!events.isEmpty() && events.peek().at <= end) {
            Event next = events.remove();
            now = next.at;
            if (!counting && now >= countFrom) {
                counting = true;
                busyBefore = busyMicros;
                rounds = 0;
            }
            next.action.run();
        }
        return new Figures(
                grants / seconds,
                grants == 0 ? Double.NaN : (double) rounds / grants,
                waits.getValueAtPercentile(50) / 1e3,
                waits.getValueAtPercentile(99) / 1e3,
                Math.min(1, (busyMicros - busyBefore) / (seconds * 1e6 * costs.workers())));
    }

    private void after(double micros, Runnable action) {
        events.add(new Event(now + micros, sequence++, action));
    }

    /** A renewal of a lease that nobody contends for, at instants of a Poisson process. */
    private void renew() {
        work(costs.demand(), () -> {});
        after(-Math.log(1 - random.nextDouble()) * 1e6 / load.renewals(), this::renew);
    }

    /** Does {@code demand} on the servers. */
    private void work(double demand, Runnable done) {
        int first = 0;
        for (int i = 1; i < workerFreeAt.length; i++) {
            if (workerFreeAt[i] < workerFreeAt[first]) {
                first = i;
            }
        }
        // exponential: rounds differ
        double drawn = -Math.log(1 - random.nextDouble()) * demand;
        workerFreeAt[first] = Math.max(now, workerFreeAt[first]) + drawn;
        busyMicros += drawn;
        after(workerFreeAt[first] - now, done);
    }

    /** Half of the way there, the servers' work, a decision, and half of the way back. */
    private void round(double trips, double demand, Runnable decided, Runnable answered) {
        double half = (trips * load.rtt() + (demand == costs.demand() ? costs.latency() : 0)) / 2;
        after(
                half,
                () -> work(demand, () -> {
                    decided.run();
                    after(half, answered);
                }));
    }

    private void write(double trips, Runnable decided, Runnable answered) {
        rounds++;
        round(trips, costs.demand(), decided, answered);
    }

    private void ask(List<Queue> own) {
        Queue queue = own.get(own.size() == 1 ? 0 : random.nextInt(own.size()));
        queue.waiting.add(new Call(now, () -> ask(own)));
        queue.advance();
    }

    private record Call(double since, Runnable next) {}

    /** The calls of one client for one lock. */
    private final class Queue {
        private final Lock lock;
        private final ArrayDeque<Call> waiting = new ArrayDeque<>();
        private boolean busy;
        private boolean holds;
        private boolean contended;
        private boolean subscribed;
        private int failures;
        private double pauseUntil;
        private long pause;
        private int streak;
        private int growth = 1;
        private boolean yielded;
        private double streakSince;
        private double lastRound;

        Queue(Lock lock) {
            this.lock = lock;
        }

        void advance() {
            if (busy || holds || waiting.isEmpty()) {
                return;
            }
            if (now < pauseUntil) {
                long mine = ++pause;
                after(pauseUntil - now, () -> {
                    if (mine == pause) {
                        advance();
                    }
                });
                return;
            }
            busy = true;
            double sentAt = now;
            if (!costs.wakeUps() && contended) {
                boolean[] free = new boolean[1];
                round(costs.lookTrips(), costs.lookDemand(), () -> free[0] = !lock.held, () -> {
                    if (free[0]) {
                        attempt(now);
                    } else {
                        refused();
                    }
                });
            } else {
                attempt(sentAt);
            }
        }

        private void attempt(double sentAt) {
            boolean[] granted = new boolean[1];
            write(
                    costs.takeTrips(),
                    () -> {
                        granted[0] = !lock.held;
                        lock.held = true;
                    },
                    () -> {
                        lastRound = now - sentAt;
                        if (granted[0]) {
                            granted();
                        } else {
                            refused();
                        }
                    });
        }

        private void refused() {
            busy = false;
            contended = true;
            streak = 0;
            growth = 1;
            yielded = false;
            failures++;
            double most = Math.min(BACKOFF_MOST_MICROS, BACKOFF_FIRST_MICROS * Math.pow(2, Math.min(20, failures - 1)));
            pauseUntil = now + Math.max(LEAST_PAUSE_MICROS, random.nextDouble() * most);
            if (costs.wakeUps() && !subscribed) {
                subscribed = true;
                lock.subscribed.add(this);
                if (!lock.held) {
                    pauseUntil = now;
                }
            }
            advance();
        }

        private void granted() {
            busy = false;
            holds = true;
            contended = false;
            failures = 0;
            if (streak++ == 0) {
                streakSince = now;
            }
            if (yielded) {
                yielded = false;
                growth = costs.wakeUps() ? 1 : Math.min(STREAK_GROWTH, 2 * growth);
            }
            Call call = waiting.remove();
            if (now >= countFrom) {
                grants++;
                waits.recordValue((long) (now - call.since));
            }
            release(call);
        }

        private boolean mayGoOn() {
            return streak < STREAK_LEAST
                    || (streak < STREAK_GRANTS * growth && now - streakSince < STREAK_MICROS * growth);
        }

        private void release(Call call) {
            double sentAt = now;
            if (!waiting.isEmpty() && mayGoOn()) {
                write(costs.giveTrips(), () -> {}, () -> {
                    lastRound = now - sentAt;
                    after(0, call.next);
                    granted();
                });
                return;
            }
            write(costs.giveTrips(), this::freed, () -> {
                holds = false;
                after(0, call.next);
                if (waiting.isEmpty()) {
                    streak = 0;
                    yielded = false;
                } else if (!mayGoOn()) {
                    streak = 0;
                    yielded = true;
                    contended = true;
                    pauseUntil = now
                            + (costs.wakeUps() ? Math.max(LEAST_PAUSE_MICROS, PAUSE_ROUNDS * lastRound) : YIELD_MICROS);
                }
                advance();
            });
        }

        private void freed() {
            lock.held = false;
            List<Queue> woken = List.copyOf(lock.subscribed);
            lock.subscribed.clear();
            for (Queue queue : woken) {
                after(load.rtt() / 2, () -> {
                    queue.subscribed = false;
                    if (!queue.busy) {
                        queue.pause++;
                        queue.pauseUntil = now;
                    }
                    queue.advance();
                });
            }
        }
    }
}

package io.fencepost.scheduler.dispatch;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.share.FairShare;
import io.fencepost.scheduler.store.DueJob;
import io.fencepost.scheduler.store.WorkerReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a leader knows in one term: who works, what waits, and what it gave to whom. Used by one thread; instants are of {@link System#nanoTime}.
 *
 * <p>A worker is given as many jobs as it has free slots, and as many more as it has slots, so that it need not wait for the leader between short jobs. What a worker has not begun a while later is given
 * to another one if that has a slot free;
 * and a worker that has free slots and begins nothing is given nothing for a while, as long as there are others: it may be cut off from the locks.
 */
final class Assignments {
    /** When a job that was given and not begun may be given to somebody else. */
    private static final long STALE = Duration.ofSeconds(1).toNanos();

    /** For how long a worker that begins nothing is given nothing. */
    private static final long DISTRUST = Duration.ofSeconds(5).toNanos();

    private final FairShare share = new FairShare();
    private final Map<JobId, Given> given = new HashMap<>();
    /** Running jobs whose workers hold their locks, and until when they are left alone. */
    private final Map<JobId, Long> alive = new HashMap<>();

    private final Map<String, Long> distrusted = new HashMap<>();

    private List<WorkerReport> workers = List.of();
    private List<DueJob> waiting = List.of();

    private record Given(String worker, DueJob job, long at) {}

    /** Who works now. What was given to others is to be given again. */
    void workers(List<WorkerReport> reports) {
        workers = reports.stream().filter(report -> !report.draining()).toList();
        Set<String> names = new HashSet<>();
        workers.forEach(worker -> names.add(worker.worker()));
        given.values().removeIf(gift -> !names.contains(gift.worker()));
    }

    private long gifts(WorkerReport worker) {
        return given.values().stream()
                .filter(gift -> gift.worker().equals(worker.worker()))
                .count();
    }

    private long freshGifts(WorkerReport worker, long now) {
        return given.values().stream()
                .filter(gift -> gift.worker().equals(worker.worker()) && now - gift.at() <= STALE)
                .count();
    }

    /** How many jobs of each tenant are to be asked for. */
    int needed() {
        return workers.stream().mapToInt(worker -> 2 * worker.slots()).sum() + given.size() + 1;
    }

    /**
     * What is due now.
     *
     * @param holder of a running job tells for how long its lock is held; empty if it is free
     * @param most for how long a job whose worker lives is left alone
     */
    void due(
            List<DueJob> due, Function<DueJob, CompletableFuture<Optional<Duration>>> holder, Duration most, long now) {
        Map<JobId, DueJob> dueNow = new HashMap<>();
        due.forEach(job -> dueNow.put(job.id(), job));
        // what is not due any more was begun; what is due at another time was begun, and is due again
        given.values().removeIf(gift -> !gift.job().equals(dueNow.get(gift.job().id())));
        takeBackStale(now);
        alive.values().removeIf(until -> until - now <= 0);
        Map<DueJob, CompletableFuture<Optional<Duration>>> asked = new LinkedHashMap<>();
        for (DueJob job : due) {
            if (!given.containsKey(job.id()) && !(job.state() == JobState.RUNNING && alive.containsKey(job.id()))) {
                asked.put(job, holder.apply(job));
            }
        }
        List<DueJob> free = new ArrayList<>();
        asked.forEach((job, answer) -> {
            Optional<Duration> held = answer.join();
            if (held.isEmpty()) {
                free.add(job);
            } else {
                Duration left = held.get().compareTo(most) < 0 ? held.get() : most;
                alive.put(job.id(), now + left.toNanos());
            }
        });
        waiting = free;
    }

    private void takeBackStale(long now) {
        // what was given long ago and not begun takes no slot: it may be lost
        if (workers.stream().noneMatch(worker -> worker.slots() - worker.running() - freshGifts(worker, now) > 0)) {
            return;
        }
        Set<String> idle = new HashSet<>();
        workers.stream()
                .filter(worker -> worker.running() < worker.slots())
                .forEach(worker -> idle.add(worker.worker()));
        given.values().removeIf(gift -> {
            boolean stale = now - gift.at() > STALE;
            if (stale && idle.contains(gift.worker())) {
                distrusted.put(gift.worker(), now + DISTRUST);
            }
            return stale;
        });
    }

    /** Those that may be given something. */
    private List<WorkerReport> trusted(long now) {
        distrusted.values().removeIf(until -> until - now <= 0);
        List<WorkerReport> trusted = workers.stream()
                .filter(worker -> !distrusted.containsKey(worker.worker()))
                .toList();
        return trusted.isEmpty() ? workers : trusted;
    }

    boolean anyWaiting() {
        return !waiting.isEmpty();
    }

    /** Gives waiting jobs to workers with places, most of them to those with most. In the order in which they are to be begun. */
    Map<JobId, String> give(Map<String, Integer> weights, long now) {
        Map<String, Long> places = new TreeMap<>();
        trusted(now)
                .forEach(worker -> places.put(worker.worker(), 2L * worker.slots() - worker.running() - gifts(worker)));
        long all = places.values().stream().mapToLong(free -> Math.max(0, free)).sum();
        Map<JobId, String> gifts = new LinkedHashMap<>();
        for (DueJob job : share.pick(waiting, weights, (int) Math.min(all, Integer.MAX_VALUE))) {
            String worker = "";
            long most = 0;
            for (Map.Entry<String, Long> place : places.entrySet()) {
                if (place.getValue() > most) {
                    worker = place.getKey();
                    most = place.getValue();
                }
            }
            places.put(worker, most - 1);
            gifts.put(job.id(), worker);
            given.put(job.id(), new Given(worker, job, now));
        }
        return gifts;
    }

    /** What was to be given was not. */
    void takeBack(Collection<JobId> ids) {
        given.keySet().removeAll(ids);
    }

    /** It is not known what was given: all that is due is given again. */
    void forget() {
        given.clear();
    }
}

package io.fencepost.scheduler.worker;

import io.fencepost.scheduler.share.FairShare;
import io.fencepost.scheduler.store.DueJob;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/** Decides which of the jobs that could be begun are taken, and in which order. Used by one thread at a time. */
interface Chooser {
    /** At most {@code limit} of {@code candidates}, in the order in which they are to be begun. */
    List<DueJob> choose(List<DueJob> candidates, int limit);

    /** A chosen job was not begun. */
    void giveBack(DueJob job);

    /** In the order of who gave them, greater priorities first: shares have been seen to. */
    static Chooser asGiven() {
        return new Chooser() {
            @Override
            public List<DueJob> choose(List<DueJob> candidates, int limit) {
                return candidates.stream()
                        .sorted(Comparator.comparingInt(DueJob::priority).reversed())
                        .limit(limit)
                        .toList();
            }

            @Override
            public void giveBack(DueJob job) {}
        };
    }

    /** What a worker can know of the others: who they are in number, and what tenants weigh. */
    interface Surroundings {
        /** How many workers poll, this one included. */
        int workers();

        Map<String, Integer> weights();
    }

    /**
     * By priorities and fair shares. Where several workers look at many jobs of one tenant and priority, each takes some of the earliest at random, so that they do not all try the same locks; it stays exact
     * between tenants and priorities.
     */
    static Chooser fair(Surroundings surroundings, Random random) {
        FairShare share = new FairShare();
        return new Chooser() {
            @Override
            public List<DueJob> choose(List<DueJob> candidates, int limit) {
                return share.pick(thinned(candidates, limit), surroundings.weights(), limit);
            }

            private List<DueJob> thinned(List<DueJob> candidates, int limit) {
                int workers = surroundings.workers();
                if (workers <= 1 || candidates.size() <= limit) {
                    return candidates;
                }
                List<DueJob> kept = new ArrayList<>();
                candidates.stream()
                        .collect(Collectors.groupingBy(job -> Map.entry(job.priority(), job.tenant())))
                        .values()
                        .forEach(alike -> {
                            if (alike.size() > limit) {
                                List<DueJob> mixed = new ArrayList<>(alike);
                                Collections.shuffle(mixed, random);
                                kept.addAll(mixed.subList(0, limit));
                            } else {
                                kept.addAll(alike);
                            }
                        });
                return kept;
            }

            @Override
            public void giveBack(DueJob job) {
                share.giveBack(job, surroundings.weights());
            }
        };
    }
}

package io.fencepost.scheduler.share;

import io.fencepost.scheduler.store.DueJob;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Chooses which due jobs go first: a greater priority before a smaller one, whatever the tenants; and within a priority, tenants in proportion to their weights.
 *
 * <p>Stride scheduling, with accounts of their own for each priority. A pick costs a tenant {@code 1 / weight}, and who paid least so far is next. Accounts are kept relative to the poorest tenant that
 * has jobs waiting, and never fall behind it: a tenant that was idle begins level with that one, so that it neither has a credit for the past nor waits for others to catch up with it. A tenant that is ahead
 * stays so until the others have caught up, even if it is idle for a moment; but where a pick left nothing waiting, nobody was kept from anything, and all begin anew.
 *
 * <p>Over any stretch in which the same tenants of one priority have jobs waiting, a tenant's picks differ by less than two from its share. Shares count begins, not seconds of work.
 *
 * <p>Not thread-safe.
 *
 * @see <a href="https://www.usenix.org/legacy/publications/library/proceedings/als01/full_papers/waldspurger/waldspurger.pdf">C. Waldspurger, W. Weihl, Stride Scheduling, 1995</a>
 */
public final class FairShare {
    /** What one pick costs a tenant of weight 1. A multiple of all small weights, so that their strides are exact. */
    private static final long STRIDE = 720_720_000L;

    private static final Comparator<DueJob> EARLIEST =
            Comparator.comparing(DueJob::next).thenComparing(DueJob::id);

    /** By priority, what each tenant has paid more than the poorest one that had jobs waiting. */
    private final Map<Integer, Map<String, Long>> accounts = new HashMap<>();

    /**
     * The next jobs in the order in which they are to be begun, and charges their tenants for them. What is not begun after all is to be {@linkplain #giveBack given back}.
     *
     * @param waiting all that could be begun
     * @param weights of tenants, positive; 1 for those without
     * @param limit the most jobs to pick, not negative
     */
    public List<DueJob> pick(Collection<DueJob> waiting, Map<String, Integer> weights, int limit) {
        NavigableMap<Integer, Map<String, Deque<DueJob>>> byPriority = new TreeMap<>(Comparator.reverseOrder());
        waiting.stream()
                .sorted(EARLIEST)
                .forEach(job -> byPriority
                        .computeIfAbsent(job.priority(), p -> new TreeMap<>())
                        .computeIfAbsent(job.tenant(), t -> new ArrayDeque<>())
                        .add(job));
        List<DueJob> picked = new ArrayList<>();
        byPriority.forEach((priority, byTenant) -> pickFrom(byTenant, accountsOf(priority), weights, limit, picked));
        return picked;
    }

    private Map<String, Long> accountsOf(int priority) {
        return accounts.computeIfAbsent(priority, p -> new HashMap<>());
    }

    private static void pickFrom(
            Map<String, Deque<DueJob>> byTenant,
            Map<String, Long> paid,
            Map<String, Integer> weights,
            int limit,
            List<DueJob> picked) {
        if (picked.size() >= limit) {
            return;
        }
        rebase(paid, byTenant.keySet());
        byTenant.keySet().forEach(tenant -> paid.putIfAbsent(tenant, 0L));
        while (picked.size() < limit && !byTenant.isEmpty()) {
            Map.Entry<String, Deque<DueJob>> poorest = Collections.min(
                    byTenant.entrySet(), Comparator.comparingLong(entry -> paid.getOrDefault(entry.getKey(), 0L)));
            picked.add(poorest.getValue().remove());
            paid.merge(poorest.getKey(), STRIDE / weightOf(poorest.getKey(), weights), Long::sum);
            if (poorest.getValue().isEmpty()) {
                byTenant.remove(poorest.getKey());
            }
        }
        if (byTenant.isEmpty()) {
            paid.clear();
        } else {
            rebase(paid, byTenant.keySet());
        }
    }

    /** Counts from the poorest of those that have jobs waiting; forgets who has none and is not ahead of it. */
    private static void rebase(Map<String, Long> paid, Collection<String> active) {
        long least = active.stream()
                .filter(paid::containsKey)
                .mapToLong(tenant -> paid.getOrDefault(tenant, 0L))
                .min()
                .orElse(0);
        paid.replaceAll((tenant, account) -> Math.max(0, account - least));
        paid.entrySet().removeIf(account -> account.getValue() == 0 && !active.contains(account.getKey()));
    }

    /** A job that was picked was not begun: its tenant has not paid for it. */
    public void giveBack(DueJob job, Map<String, Integer> weights) {
        accountsOf(job.priority())
                .computeIfPresent(job.tenant(), (tenant, paid) -> paid - STRIDE / weightOf(tenant, weights));
    }

    private static long weightOf(String tenant, Map<String, Integer> weights) {
        return Math.max(1, weights.getOrDefault(tenant, 1));
    }
}

package io.fencepost.scheduler.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FairShareTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private final FairShare share = new FairShare();
    private final List<DueJob> waiting = new ArrayList<>();
    private int jobs;

    private DueJob submit(String tenant, int priority) {
        DueJob job = new DueJob(new JobId("job-" + jobs), tenant, priority, JobState.SCHEDULED, NOON.plusMillis(jobs));
        jobs++;
        waiting.add(job);
        return job;
    }

    private void submit(String tenant, int priority, int count) {
        for (int i = 0; i < count; i++) {
            DueJob job = submit(tenant, priority);
            assertThat(job.tenant()).isEqualTo(tenant);
        }
    }

    private List<DueJob> take(Map<String, Integer> weights, int limit) {
        List<DueJob> picked = share.pick(waiting, weights, limit);
        waiting.removeAll(picked);
        return picked;
    }

    private static Map<String, Long> countByTenant(List<DueJob> picked) {
        return picked.stream().collect(Collectors.groupingBy(DueJob::tenant, Collectors.counting()));
    }

    @Test
    void backloggedTenantsGetTheirWeightsOfManyBegins() {
        Map<String, Integer> weights = Map.of("one", 1, "two", 2, "five", 5);
        submit("one", 5, 400);
        submit("two", 5, 400);
        submit("five", 5, 400);

        List<DueJob> begun = new ArrayList<>();
        // batches of all sizes, as free slots come
        for (int batch = 0; begun.size() < 400; batch++) {
            begun.addAll(take(weights, Math.min(1 + batch % 7, 400 - begun.size())));
        }

        Map<String, Long> counts = countByTenant(begun);
        assertThat(counts.get("one")).isCloseTo(50L, within(2L));
        assertThat(counts.get("two")).isCloseTo(100L, within(5L));
        assertThat(counts.get("five")).isCloseTo(250L, within(12L));
    }

    @Test
    void noStretchOfBeginsIsFarFromTheShares() {
        Map<String, Integer> weights = Map.of("one", 1, "three", 3);
        submit("one", 0, 100);
        submit("three", 0, 100);

        int ones = 0;
        for (int n = 1; n <= 100; n++) {
            ones += take(weights, 1).get(0).tenant().equals("one") ? 1 : 0;
            assertThat((double) ones).as("of %s", n).isCloseTo(n / 4.0, within(2.0));
        }
    }

    @Test
    void aGreaterPriorityGoesFirstWhateverTheTenants() {
        submit("heavy", 3, 5);
        submit("light", 4, 5);
        submit("heavy", 9, 2);

        List<DueJob> picked = take(Map.of("heavy", 1000, "light", 1), 12);

        assertThat(picked).extracting(DueJob::priority).containsExactly(9, 9, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3);
    }

    @Test
    void whatATenantBeginsWithOnePriorityCostsItNothingAtAnother() {
        submit("a", 9, 50);
        submit("a", 5, 20);
        submit("b", 5, 20);

        assertThat(take(Map.of(), 50)).allMatch(job -> job.priority() == 9);
        assertThat(countByTenant(take(Map.of(), 20))).isEqualTo(Map.of("a", 10L, "b", 10L));
    }

    @Test
    void amongEqualsWhatWasDueFirstGoesFirst() {
        DueJob first = submit("a", 5);
        DueJob second = submit("a", 5);
        waiting.clear();
        waiting.add(second);
        waiting.add(first);

        assertThat(take(Map.of(), 2)).containsExactly(first, second);
    }

    @Test
    void aTenantThatWasIdleGetsNoCreditForThePast() {
        submit("busy", 5, 200);
        submit("late", 5, 1);
        assertThat(take(Map.of(), 2)).hasSize(2);
        assertThat(countByTenant(take(Map.of(), 100))).isEqualTo(Map.of("busy", 100L));

        submit("late", 5, 100);

        Map<String, Long> after = countByTenant(take(Map.of(), 40));
        assertThat(after.get("busy")).isCloseTo(20L, within(1L));
        assertThat(after.get("late")).isCloseTo(20L, within(1L));
    }

    @Test
    void aTenantThatWasAloneHasNoDebtForIt() {
        for (int round = 0; round < 50; round++) {
            submit("many", 5, 10);
            submit("few", 5, 1);
            // everything fits: nobody keeps anybody from anything
            assertThat(take(Map.of(), 20)).hasSize(11);
        }
        submit("many", 5, 50);
        submit("few", 5, 50);

        Map<String, Long> after = countByTenant(take(Map.of(), 40));
        assertThat(after.get("many")).isCloseTo(20L, within(1L));
    }

    @Test
    void whatIsGivenBackIsNotPaidFor() {
        submit("a", 5, 40);
        submit("b", 5, 40);
        List<DueJob> picked = share.pick(waiting, Map.of(), 10);
        picked.stream().filter(job -> job.tenant().equals("a")).forEach(job -> share.giveBack(job, Map.of()));
        waiting.removeIf(job -> job.tenant().equals("b") && picked.contains(job));

        // a has begun nothing and b five
        assertThat(countByTenant(take(Map.of(), 5))).isEqualTo(Map.of("a", 5L));
    }

    @Test
    void aChangedWeightCountsFromThenOn() {
        submit("a", 5, 200);
        submit("b", 5, 200);
        assertThat(countByTenant(take(Map.of(), 20))).isEqualTo(Map.of("a", 10L, "b", 10L));

        Map<String, Long> after = countByTenant(take(Map.of("b", 4), 50));
        assertThat(after.get("a")).isCloseTo(10L, within(1L));
    }

    @Test
    void picksNoMoreThanThereIsOrThanWasAsked() {
        submit("a", 5, 3);
        assertThat(share.pick(waiting, Map.of(), 0)).isEmpty();
        assertThat(share.pick(waiting, Map.of(), 2)).hasSize(2);
        assertThat(share.pick(waiting, Map.of(), 9)).hasSize(3).doesNotHaveDuplicates();
        assertThat(share.pick(List.of(), Map.of(), 9)).isEmpty();
    }
}

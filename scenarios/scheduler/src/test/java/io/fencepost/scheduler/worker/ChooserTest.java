package io.fencepost.scheduler.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChooserTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

    private final List<DueJob> candidates = new ArrayList<>();

    private void due(int count, int priority) {
        for (int i = 0; i < count; i++) {
            int number = candidates.size();
            candidates.add(new DueJob(
                    new JobId("job-" + number), "tenant", priority, JobState.SCHEDULED, NOON.plusMillis(number)));
        }
    }

    private static Chooser fair(int workers, long seed) {
        return Chooser.fair(
                new Chooser.Surroundings() {
                    @Override
                    public int workers() {
                        return workers;
                    }

                    @Override
                    public Map<String, Integer> weights() {
                        return Map.of();
                    }
                },
                new Random(seed));
    }

    @Test
    void aWorkerThatIsAloneTakesTheEarliest() {
        due(100, 5);
        assertThat(fair(1, 1).choose(candidates, 10)).isEqualTo(candidates.subList(0, 10));
    }

    @Test
    void severalWorkersSeldomChooseTheSame() {
        due(400, 5);
        Set<DueJob> all = new HashSet<>();
        for (int worker = 0; worker < 4; worker++) {
            all.addAll(fair(4, worker).choose(candidates, 10));
        }
        assertThat(all).as("of 40 choices").hasSizeGreaterThan(25);
    }

    @Test
    void ofAGreaterPriorityNothingIsPassedOver() {
        due(200, 5);
        due(7, 8);
        for (int seed = 0; seed < 20; seed++) {
            assertThat(fair(4, seed).choose(candidates, 10))
                    .hasSize(10)
                    .startsWith(candidates.subList(200, 207).toArray(DueJob[]::new));
        }
    }

    @Test
    void whatALeaderGaveKeepsItsOrderWithinAPriority() {
        due(3, 5);
        due(2, 8);
        List<DueJob> given =
                List.of(candidates.get(2), candidates.get(4), candidates.get(0), candidates.get(3), candidates.get(1));
        assertThat(Chooser.asGiven().choose(given, 4))
                .containsExactly(candidates.get(4), candidates.get(3), candidates.get(2), candidates.get(0));
    }
}

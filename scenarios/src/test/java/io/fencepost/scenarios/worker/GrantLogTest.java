package io.fencepost.scenarios.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.LockObserver.AttemptResult;
import io.fencepost.scenarios.check.GrantRecord;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrantLogTest {
    private final GrantLog log = new GrantLog();

    @Test
    void aGrantIsCompletedByWhatFollows() {
        log.begin("handoff");
        log.granted("w1", new Event.Granted(1, 2, "a", 3, 10, 11, 12, 100));
        assertThat(log.grants())
                .containsExactly(new GrantRecord("handoff", "a", "w1", 2, 3, 10, 11, 12, GrantRecord.NEVER, 100));

        log.extended("w1", new Event.Extended(1, 200));
        log.released("w1", new Event.Released(1, 150, 210));

        assertThat(log.grants()).containsExactly(new GrantRecord("handoff", "a", "w1", 2, 3, 10, 11, 12, 150, 210));
    }

    @Test
    void aReleaseAfterTheLossDoesNotLengthenWhatWasValid() {
        log.begin("handoff");
        log.granted("w1", new Event.Granted(1, 0, "a", 3, 10, 11, 12, 100));
        log.released("w1", new Event.Released(1, 500, Validity.OVER));

        assertThat(log.grants()).singleElement().satisfies(grant -> {
            assertThat(grant.validUntilNanos()).isEqualTo(100);
            assertThat(grant.endNanos()).isEqualTo(100);
        });
    }

    @Test
    void grantsOfTheSameNumberInDifferentProcessesAreDifferent() {
        log.begin("handoff");
        log.granted("w1", new Event.Granted(1, 0, "a", 3, 10, 11, 12, 100));
        log.granted("w2", new Event.Granted(1, 0, "a", 4, 10, 11, 12, 100));

        assertThat(log.grants()).hasSize(2);
    }

    @Test
    void anotherScenarioBeginsEmpty() {
        log.begin("handoff");
        log.granted("w1", new Event.Granted(1, 0, "a", 3, 10, 11, 12, 100));
        log.begin("takeover");
        log.released("w1", new Event.Released(1, 150, 210));

        assertThat(log.grants()).isEmpty();
    }

    @Test
    void theAttemptIsTheLastSuccessfulOneOfItsLock() {
        AttemptClock attempts = new AttemptClock();
        long called = System.nanoTime();
        assertThat(attempts.attemptOf("a", called)).isEqualTo(called);

        attempts.attempted("a", AttemptResult.ACQUIRED, Duration.ZERO);
        long attempted = attempts.attemptOf("a", called);
        assertThat(attempted).isBetween(called, System.nanoTime());

        attempts.attempted("a", AttemptResult.CONTENDED, Duration.ZERO);
        assertThat(attempts.attemptOf("a", called)).isEqualTo(attempted);
        assertThat(attempts.attemptOf("b", called)).isEqualTo(called);
        assertThat(attempts.attemptOf("a", attempted + 1)).isEqualTo(attempted + 1);
    }
}

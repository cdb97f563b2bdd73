package io.fencepost.scenarios.jobs;

import static io.fencepost.scheduler.job.JobEvent.Kind.BEGAN;
import static io.fencepost.scheduler.job.JobEvent.Kind.SUCCEEDED;
import static io.fencepost.scheduler.job.JobEvent.Kind.TOOK_OVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BooksTest {
    private static Books books() {
        Books books = new Books();
        books.add(
                Histories.JOB,
                Histories.DUE,
                Histories.submitted()
                        .then(BEGAN, 3, 100)
                        .then(SUCCEEDED, 3, 200)
                        .events());
        books.add(
                Histories.JOB,
                Histories.DUE,
                Histories.submitted()
                        .then(BEGAN, 3, 300)
                        .then(TOOK_OVER, 4, 900)
                        .then(SUCCEEDED, 4, 1_100)
                        .events());
        return books;
    }

    @Test
    void theRateIsFromTheFirstBeginToTheLastCompletion() {
        assertThat(books().took()).isEqualTo(Duration.ofSeconds(1));
        assertThat(books().jobsPerSecond()).isCloseTo(2, within(1e-9));
    }

    @Test
    void theLatencyIsThatOfTheFirstBegin() {
        assertThat(books().latencyMillis(50)).isCloseTo(100, within(0.2));
        assertThat(books().latencyMillis(99)).isCloseTo(300, within(0.5));
    }

    @Test
    void theLongestGapEndsInItsSpan() {
        assertThat(books().longestGap(Instant.MIN, Instant.MAX)).isEqualTo(Duration.ofMillis(600));
        assertThat(books().longestGap(Instant.MIN, Histories.DUE.plusMillis(500)))
                .isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void nothingIsNothing() {
        assertThat(new Books().jobsPerSecond()).isZero();
        assertThat(new Books().latencyMillis(99)).isZero();
        assertThat(new Books().longestGap(Instant.MIN, Instant.MAX)).isZero();
    }
}

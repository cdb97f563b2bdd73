package io.fencepost.scheduler.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.scheduler.job.JobId;
import io.fencepost.scheduler.job.JobState;
import io.fencepost.scheduler.store.DueJob;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class IntakeTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(1);

    private final Intake intake = new Intake(1, LONG, Chooser.asGiven(), new Random(1));

    private static DueJob job(int number) {
        return new DueJob(new JobId("job-" + number), "tenant", 5, JobState.SCHEDULED, NOON.plusMillis(number));
    }

    /** Takes as a slot does, on a thread of its own. */
    private CompletableFuture<String> take() {
        CompletableFuture<String> taken = new CompletableFuture<>();
        Thread slot = new Thread(() -> {
            try {
                DueJob job = intake.take();
                taken.complete(job == null ? "none" : job.id().value());
            } catch (InterruptedException e) {
                taken.completeExceptionally(e);
            }
        });
        slot.setDaemon(true);
        slot.start();
        return taken;
    }

    private static String get(CompletableFuture<String> taken)
            throws InterruptedException, ExecutionException, TimeoutException {
        return taken.get(20, TimeUnit.SECONDS);
    }

    @Test
    void aSlotGetsWhatAPollBringsAndNotTheSameTwice() throws Exception {
        CompletableFuture<String> first = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(job(1)));
        assertThat(get(first)).isEqualTo("job-1");

        CompletableFuture<String> second = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(job(1), job(2)));
        assertThat(get(second)).as("the first is in hand").isEqualTo("job-2");
        assertThat(intake.known()).isEqualTo(2);
    }

    @Test
    void whatEndedDuringAPollIsNotTakenFromItsAnswer() throws Exception {
        CompletableFuture<String> first = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(job(1)));
        assertThat(get(first)).isEqualTo("job-1");

        CompletableFuture<String> second = take();
        assertThat(intake.awaitNeed()).isPositive();
        // the store answers, then the try ends, then the answer arrives
        intake.ended(job(1));
        intake.offer(List.of(job(1), job(2)));
        assertThat(get(second)).isEqualTo("job-2");
    }

    @Test
    void aDeferredJobIsLeftOutUntilItsTimeOrUntilItIsAnother() throws Exception {
        CompletableFuture<String> first = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(job(1)));
        assertThat(get(first)).isEqualTo("job-1");
        intake.defer(job(1), LONG, LONG);

        CompletableFuture<String> second = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(job(1), job(2)));
        assertThat(get(second)).isEqualTo("job-2");

        DueJob changed = new DueJob(job(1).id(), "tenant", 5, JobState.RUNNING, job(1).next());
        CompletableFuture<String> third = take();
        assertThat(intake.awaitNeed()).isPositive();
        intake.offer(List.of(changed));
        assertThat(get(third)).isEqualTo("job-1");
    }

    @Test
    void closingEndsSlotsAndThePoller() throws Exception {
        CompletableFuture<String> slot = take();
        intake.close();
        assertThat(get(slot)).isEqualTo("none");
        assertThat(intake.awaitNeed()).isZero();
        intake.offer(List.of(job(1)));
        assertThat(get(take())).isEqualTo("none");
    }

    @Test
    void aFaultDelaysTheNextPoll() throws Exception {
        CompletableFuture<String> slot = take();
        assertThat(intake.awaitNeed()).isPositive();
        long begin = System.nanoTime();
        intake.trouble(Intake.Side.STORE);
        assertThat(intake.awaitNeed()).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(20));
        intake.close();
        await().atMost(Duration.ofSeconds(20)).until(slot::isDone);
    }
}

package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads of a client: what runs on them, and that none outlives it. */
class ThreadsTest {
    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    @Test
    void aTimerRunsItsTaskOnItsOwnDaemonThreadAndSurvivesWhatItThrows() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            timers.schedule(
                    () -> {
                        throw new IllegalStateException("task");
                    },
                    -1);
            CompletableFuture<Thread> ran = new CompletableFuture<>();
            timers.schedule(() -> ran.complete(Thread.currentThread()), 1);
            Thread thread = soon(ran);
            assertThat(thread.getName()).isEqualTo("timers-of-test");
            assertThat(thread.isDaemon()).isTrue();
        }
    }

    @Test
    void aTaskTakenBackDoesNotRun() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            CompletableFuture<Boolean> later = new CompletableFuture<>();
            Timers.Scheduled scheduled =
                    timers.schedule(() -> cancelled.complete(true), TimeUnit.MILLISECONDS.toNanos(50));
            scheduled.cancel();
            timers.schedule(() -> later.complete(true), TimeUnit.MILLISECONDS.toNanos(100));
            soon(later);
            assertThat(cancelled).as("it was due before the one that ran").isNotDone();
        }
    }

    @Test
    void nothingIsScheduledAfterTheCloseAndTheThreadEnds() throws InterruptedException {
        ThreadTimers timers = new ThreadTimers("timers-of-test");
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        timers.schedule(() -> ran.complete(Thread.currentThread()), 0);
        Thread thread = soon(ran);
        timers.close();
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(thread.isAlive()).isFalse();

        CompletableFuture<Boolean> after = new CompletableFuture<>();
        timers.schedule(() -> after.complete(true), 0).cancel();
        assertThat(after).isNotDone();
    }

    @Test
    void aCallbackThatBlocksDelaysNoOtherAndMayFinishAfterTheClose() {
        CountDownLatch blocked = new CountDownLatch(1);
        ThreadCallbacks callbacks = new ThreadCallbacks("callbacks-of-test");
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        callbacks.execute(() -> {
            try {
                first.complete(blocked.await(10, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                first.completeExceptionally(e);
            }
        });
        CompletableFuture<Thread> second = new CompletableFuture<>();
        callbacks.execute(() -> second.complete(Thread.currentThread()));
        assertThat(soon(second).getName()).isEqualTo("callbacks-of-test");
        assertThat(soon(second).isDaemon()).isTrue();
        assertThat(first).isNotDone();

        callbacks.close();
        blocked.countDown();
        assertThat(soon(first)).isTrue();
        CompletableFuture<Thread> after = new CompletableFuture<>();
        callbacks.execute(() -> after.complete(Thread.currentThread()));
        assertThat(after).isCompletedWithValue(Thread.currentThread());
    }
}

package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The threads of a client: what runs on them, and that none outlives it. */
class ThreadsTest {
    private static <T> T soon(CompletableFuture<T> future) {
        return future.orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static Timers.Alarm set(Timers timers, long delayNanos, Runnable task) {
        Timers.Alarm alarm = timers.alarm(task);
        alarm.set(delayNanos);
        return alarm;
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void anAlarmRunsItsTaskOnItsOwnDaemonThreadAndSurvivesWhatItThrows() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            set(timers, -1, () -> {
                throw new IllegalStateException("task");
            });
            CompletableFuture<Thread> ran = new CompletableFuture<>();
            set(timers, 1, () -> ran.complete(Thread.currentThread()));
            Thread thread = soon(ran);
            assertThat(thread.getName()).isEqualTo("timers-of-test");
            assertThat(thread.isDaemon()).isTrue();
        }
    }

    @Test
    void anAlarmThatIsCancelledDoesNotRun() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            CompletableFuture<Boolean> later = new CompletableFuture<>();
            Timers.Alarm alarm = set(timers, millis(50), () -> cancelled.complete(true));
            alarm.cancel();
            alarm.cancel();
            set(timers, millis(100), () -> later.complete(true));
            soon(later);
            assertThat(cancelled).as("it was due before the one that ran").isNotDone();
        }
    }

    @Test
    void anAlarmMaySoundEarlierOrLaterThanItWasFirstSetAndAgain() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            BlockingQueue<String> ran = new LinkedBlockingQueue<>();
            Timers.Alarm a = set(timers, TimeUnit.HOURS.toNanos(1), () -> ran.add("a"));
            Timers.Alarm b = set(timers, millis(20), () -> ran.add("b"));
            b.set(millis(200));
            a.set(millis(100));
            assertThat(next(ran)).isEqualTo("a");
            assertThat(next(ran)).isEqualTo("b");
            a.set(0);
            assertThat(next(ran)).isEqualTo("a");
            assertThat(ran).isEmpty();
        }
    }

    private static String next(BlockingQueue<String> ran) {
        try {
            return Objects.requireNonNull(ran.poll(10, TimeUnit.SECONDS), "nothing ran");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void manyAlarmsSoundInTheOrderOfTheirInstantsWhateverIsSetAndCancelledBetween() {
        Random random = new Random(7);
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            List<Timers.Alarm> alarms = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                alarms.add(timers.alarm(() -> ran.add(number)));
            }
            alarms.forEach(alarm -> alarm.set(TimeUnit.HOURS.toNanos(1) + random.nextInt(1_000_000)));
            // one tenth sounds in this order, each a millisecond after the one before; of the others some are moved,
            // some cancelled
            List<Integer> order = new ArrayList<>();
            for (int i = 0; i < 1_000; i += 10) {
                order.add(i);
            }
            Collections.shuffle(order, random);
            for (int place = 0; place < order.size(); place++) {
                alarms.get(order.get(place)).set(millis(500 + place));
            }
            for (int i = 1; i < 1_000; i += 10) {
                alarms.get(i).cancel();
                alarms.get(i + 1).set(TimeUnit.HOURS.toNanos(2));
            }
            Awaitility.await().until(() -> ran.size() == order.size());
            assertThat(ran).isEqualTo(order);
        }
    }

    @Test
    void anAlarmForEverNeverSoundsEarly() {
        try (ThreadTimers timers = new ThreadTimers("timers-of-test")) {
            CompletableFuture<Boolean> never = new CompletableFuture<>();
            CompletableFuture<Boolean> soon = new CompletableFuture<>();
            set(timers, Long.MAX_VALUE, () -> never.complete(true));
            set(timers, millis(20), () -> soon.complete(true));
            soon(soon);
            assertThat(never).isNotDone();
        }
    }

    @Test
    void nothingSoundsAfterTheCloseAndTheThreadEnds() throws InterruptedException {
        ThreadTimers timers = new ThreadTimers("timers-of-test");
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        CompletableFuture<Boolean> after = new CompletableFuture<>();
        set(timers, 0, () -> ran.complete(Thread.currentThread()));
        Thread thread = soon(ran);
        Timers.Alarm pending = set(timers, millis(50), () -> after.complete(true));
        timers.close();
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(thread.isAlive()).isFalse();

        pending.set(0);
        pending.cancel();
        set(timers, 0, () -> after.complete(true));
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

package io.fencepost.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fencepost.scheduler.store.JobStore;
import io.fencepost.scheduler.store.StoreException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However many ask whether the store answers, it is asked once. */
@Timeout(60)
class ReadinessTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final long SECOND = 1_000_000_000;

    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void anAnswerHoldsForASecond() {
        Readiness readiness = new Readiness(store(Optional::empty), now::get);

        for (int i = 0; i < 100; i++) {
            assertThat(readiness.storeAnswers().join()).isTrue();
        }
        assertThat(questions).hasValue(1);
        now.addAndGet(SECOND);
        assertThat(readiness.storeAnswers().join()).isTrue();
        assertThat(questions).hasValue(2);
    }

    @Test
    void soDoesAFailureAndTheStoreMayAnswerAgain() {
        AtomicInteger failures = new AtomicInteger(1);
        Readiness readiness = new Readiness(
                store(() -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new StoreException("no node answers", new IOException("refused"));
                    }
                    return Optional.empty();
                }),
                now::get);

        assertThat(readiness.storeAnswers().join()).isFalse();
        assertThat(readiness.storeAnswers().join()).isFalse();
        assertThat(questions).hasValue(1);
        now.addAndGet(SECOND);
        assertThat(readiness.storeAnswers().join()).isTrue();
    }

    @Test
    void whoAsksMeanwhileHearsTheSameAndKeepsNoThread() {
        CountDownLatch released = new CountDownLatch(1);
        Readiness readiness = new Readiness(
                store(() -> {
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return Optional.empty();
                }),
                now::get);
        try {
            CompletableFuture<Boolean> first =
                    CompletableFuture.supplyAsync(() -> readiness.storeAnswers().join());
            await().atMost(LIMIT).until(() -> questions.get() == 1);
            // longer than an answer would hold
            now.addAndGet(60 * SECOND);

            CompletableFuture<Boolean> second = readiness.storeAnswers();

            assertThat(second).isNotDone();
            assertThat(questions).hasValue(1);
            released.countDown();
            await().atMost(LIMIT).until(() -> first.isDone() && second.isDone());
            assertThat(first.join()).isTrue();
            assertThat(second.join()).isTrue();
        } finally {
            released.countDown();
        }
    }

    @Test
    void theServerAsksNoMoreThanOnceASecond() {
        long began = System.nanoTime();
        try (Api api = new Api(Api.OPTIONS, store(Optional::empty))) {
            for (int i = 0; i < 50; i++) {
                assertThat(api.get("/ready").status()).isEqualTo(200);
            }
        }

        assertThat(questions.get()).isBetween(1, 1 + (int) ((System.nanoTime() - began) / SECOND));
    }

    private JobStore store(Supplier<Optional<?>> answer) {
        return (JobStore) Proxy.newProxyInstance(
                JobStore.class.getClassLoader(), new Class<?>[] {JobStore.class}, (self, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("find");
                    questions.incrementAndGet();
                    return answer.get();
                });
    }
}

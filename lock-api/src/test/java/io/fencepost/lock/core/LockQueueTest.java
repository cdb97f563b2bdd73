package io.fencepost.lock.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.LockClosedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When a queue is left by all, and when it is closed: what its client relies on. */
class LockQueueTest {
    @RegisterExtension
    final Harness harness = new Harness();

    private final List<LockQueue> unused = new ArrayList<>();
    private final LockQueue queue = new LockQueue("a", harness.context, unused::add);

    private Waiter waiter(long waitNanos) {
        return new Waiter(Harness.options(), waitNanos, harness.time.nanoTime());
    }

    @Test
    void aQueueThatAllHaveLeftSaysSoAndTakesNobodyMoreOnceItHasRetired() {
        Waiter first = waiter(Durations.FOREVER_NANOS);
        Waiter second = waiter(Durations.FOREVER_NANOS);
        assertThat(queue.submit(first)).isTrue();
        assertThat(queue.submit(second)).isTrue();
        queue.cancel(second);
        assertThat(unused).isEmpty();
        queue.cancel(first);
        assertThat(unused).as("its attempt is under way").isEmpty();
        assertThat(queue.retire()).isFalse();
        harness.backend.refuse();
        assertThat(unused).containsExactly(queue);

        Waiter third = waiter(0);
        assertThat(queue.submit(third)).isTrue();
        harness.backend.refuse();
        assertThat(unused).containsExactly(queue, queue);
        assertThat(queue.retire()).isTrue();
        assertThat(queue.retire()).isTrue();
        assertThat(queue.submit(waiter(0))).isFalse();
        assertThat(unused).hasSize(2);
    }

    @Test
    void aClosedQueueRefusesCalls() {
        queue.close();
        Waiter late = waiter(0);
        assertThat(queue.submit(late)).isTrue();

        assertThatThrownBy(late.result::join).hasCauseInstanceOf(LockClosedException.class);
        assertThat(harness.backend.attempts).isEmpty();
        assertThat(unused).containsExactly(queue);
    }

    @Test
    void wakeUpsThatComeWhileTheQueueIsClosedAreGivenBack() {
        queue.submit(waiter(Durations.FOREVER_NANOS));
        harness.backend.onSubscribe = queue::close;
        harness.backend.refuse();

        assertThat(harness.backend.subscriptions).isEqualTo(1);
        assertThat(harness.backend.wakeUps).isEmpty();
        assertThat(unused).containsExactly(queue);
    }
}

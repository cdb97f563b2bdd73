package io.fencepost.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.LockState;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.HandoffOutcome;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A handoff at a bare backend, answered or under way.
 *
 * @param request of the successor
 * @param invokedAt before the call, on the monotonic clock
 * @param answer of the backend
 */
record Handoff(AttemptRequest request, long invokedAt, CompletionStage<HandoffOutcome> answer) {
    /** Its outcome, which must be there by then. */
    HandoffOutcome outcomeWithin(Duration limit) throws InterruptedException {
        return Awaits.valueOf(answer, "the handoff of '" + request.name() + "'", limit);
    }

    /** The successor's grant, from an answer that is there. Fails unless the lock was handed over. */
    Held held() throws InterruptedException {
        HandoffOutcome outcome = outcomeWithin(Duration.ZERO);
        assertThat(outcome.released())
                .as("what became of the predecessor in a handoff of '%s' by its holder", request.name())
                .isInstanceOf(ReleaseOutcome.Released.class);
        return successor(outcome);
    }

    /** The successor's grant, whatever became of the predecessor. */
    Held successor(HandoffOutcome outcome) {
        if (outcome.attempted() instanceof AttemptOutcome.Acquired acquired) {
            assertThat(acquired.grant().attemptId())
                    .as("attempt id of the successor in a handoff of '%s'", request.name())
                    .isEqualTo(request.attemptId());
            return new Held(acquired.grant(), invokedAt, System.nanoTime());
        }
        throw new AssertionError(
                "'" + request.name() + "' should have been granted to the successor; answer: " + outcome);
    }

    /** Whether it is this handoff's attempt that others see holding. */
    boolean isSeenIn(LockState state) {
        return request.attemptId().toString().equals(state.metadata().get("attempt"));
    }
}

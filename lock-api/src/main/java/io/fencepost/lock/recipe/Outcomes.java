package io.fencepost.lock.recipe;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** From the outcomes of the asynchronous calls to those of the blocking ones. */
final class Outcomes {
    private Outcomes() {}

    /**
     * @return empty if the lock was contended
     * @throws LockUnavailableException if the backend could not decide
     * @throws OutcomeUnknownException if it is not known whether the try took effect
     */
    static Optional<Lease> leaseOf(String name, AcquireOutcome outcome) {
        if (outcome instanceof AcquireOutcome.Unavailable unavailable) {
            throw new LockUnavailableException(
                    "lock '" + name + "' could not be tried: "
                            + unavailable.cause().getMessage(),
                    unavailable.cause(),
                    name,
                    null,
                    null);
        }
        if (outcome instanceof AcquireOutcome.Indeterminate indeterminate) {
            throw new OutcomeUnknownException(
                    "lock '" + name + "' was tried with an unknown outcome: "
                            + indeterminate.cause().getMessage(),
                    indeterminate.cause(),
                    name,
                    null,
                    null);
        }
        return outcome.acquired();
    }

    /** Waits without heeding interrupts, which stay noted, and throws what the future failed with. */
    static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw unwrapped(e) instanceof RuntimeException cause ? cause : e;
        }
    }

    static Throwable unwrapped(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }
}

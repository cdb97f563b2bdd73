package io.fencepost.scheduler.store.cassandra;

import com.datastax.oss.driver.api.core.DriverException;
import io.fencepost.scheduler.store.StoreException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waits for what was asked. */
final class Answers {
    private Answers() {}

    /** @throws StoreException if the driver gave up */
    static <T> T of(CompletionStage<T> stage) {
        try {
            return orFault(stage);
        } catch (DriverException e) {
            throw failed(e);
        }
    }

    static StoreException failed(DriverException e) {
        return new StoreException("cassandra: " + e.getMessage(), e);
    }

    /** @throws DriverException as the driver threw it */
    static <T> T orFault(CompletionStage<T> stage) {
        Future<T> future = stage.toCompletableFuture();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    // the driver's timeout ends it
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof DriverException fault) {
                        throw fault;
                    }
                    throw new StoreException("cassandra: " + e.getCause(), e.getCause() == null ? e : e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

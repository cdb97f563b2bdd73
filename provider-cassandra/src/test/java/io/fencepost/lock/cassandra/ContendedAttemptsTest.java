package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.cassandra.ModelTable.Fate;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Contended;
import io.fencepost.lock.spi.Grant;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many transactions contenders spend; reads are not counted. */
class ContendedAttemptsTest {
    private static final String NAME = "model";

    private final AtomicInteger transactions = new AtomicInteger();
    private final ModelTable table = new ModelTable(() -> {
        transactions.incrementAndGet();
        return Fate.ANSWERED;
    });
    private final CassandraLockBackend holder = backend();
    private final CassandraLockBackend contender = backend();

    private CassandraLockBackend backend() {
        return new CassandraLockBackend(
                new LockSession("test", table, () -> {}),
                Expiry.TTL,
                Duration.ofSeconds(30),
                new ScheduledThreadPoolExecutor(1),
                TimeSource.SYSTEM);
    }

    @AfterEach
    void close() {
        holder.close();
        contender.close();
    }

    private AttemptOutcome attempt(CassandraLockBackend backend) {
        transactions.set(0);
        return TestStages.await(backend.attempt(TestCluster.request(NAME)));
    }

    private Grant acquired(CassandraLockBackend backend) {
        return ((Acquired) attempt(backend)).grant();
    }

    @Test
    void aLockThatWasSeenInOtherHandsIsLookedAtBeforeATransactionIsSpent() {
        Grant held = acquired(holder);
        assertThat(attempt(contender)).isInstanceOf(Contended.class);
        assertThat(transactions).as("of the first try").hasValue(1);
        for (int i = 0; i < 3; i++) {
            assertThat(attempt(contender)).isInstanceOf(Contended.class);
            assertThat(transactions).as("of a later try").hasValue(0);
        }
        TestStages.await(holder.release(held));

        Grant taken = acquired(contender);
        assertThat(transactions).as("where it is seen free").hasValue(1);
        TestStages.await(contender.release(taken));
        TestStages.await(contender.release(acquired(contender)));
        assertThat(transactions).as("of a cycle of the client that had it last").hasValue(2);
    }
}

package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Only what cannot have reached the server whole may be called certain. */
class CertaintyTest {
    @Test
    void whatWasNeverSentIsCertain() {
        assertThat(CqlLockTable.certainlyNotExecuted(new NoNodeAvailableException()))
                .isTrue();
        assertThat(CqlLockTable.certainlyNotExecuted(new IllegalStateException("Session is closed")))
                .isTrue();
    }

    @Test
    void silenceAndLostConnectionsAreNot() {
        assertThat(CqlLockTable.certainlyNotExecuted(new DriverTimeoutException("late")))
                .isFalse();
        assertThat(CqlLockTable.certainlyNotExecuted(new ClosedConnectionException("lost")))
                .isFalse();
        assertThat(CqlLockTable.certainlyNotExecuted(
                        new HeartbeatException(new InetSocketAddress("localhost", 1), "silent", null)))
                .isFalse();
        assertThat(CqlLockTable.certainlyNotExecuted(new IllegalStateException("other")))
                .isFalse();
    }

    /** With {@code paxos_variant: v1} the commit may find too few replicas alive after the proposal was accepted. */
    @Test
    void missingReplicasAreCertainOnlyBeforeTheProposal() {
        assertThat(CqlLockTable.certainlyNotExecuted(
                        new UnavailableException(null, DefaultConsistencyLevel.SERIAL, 2, 1)))
                .isTrue();
        assertThat(CqlLockTable.certainlyNotExecuted(
                        new UnavailableException(null, DefaultConsistencyLevel.QUORUM, 2, 1)))
                .isFalse();
    }
}

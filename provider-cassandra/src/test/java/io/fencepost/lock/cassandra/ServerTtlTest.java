package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerTtlTest {
    @ParameterizedTest
    @CsvSource({"PT1S,2", "PT1.000000001S,3", "PT1.5S,3", "PT2S,3", "PT2.999S,4", "P1D,86401"})
    void isTheNextWholeSecondAndOneMore(Duration ttl, int expected) {
        assertThat(ServerTtl.seconds(ttl)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"PT1S", "PT1.001S", "PT1.999S", "PT2S", "PT7.3S"})
    void neverEndsEarlyAndAtMostTheStatedExcessLate(Duration ttl) {
        Duration sent = Duration.ofSeconds(ServerTtl.seconds(ttl));

        assertThat(sent.minusSeconds(1)).as("shortest life").isGreaterThanOrEqualTo(ttl);
        assertThat(sent).as("longest life").isLessThanOrEqualTo(ttl.plus(ServerTtl.LONGEST_EXCESS));
    }
}

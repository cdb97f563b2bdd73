package io.fencepost.lock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockClients;
import io.fencepost.lock.LockObserver.AttemptResult;
import io.fencepost.lock.LockObserver.RenewalResult;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LossCause;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MicrometerLockObserverTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void countsWhatAClientDoes() throws InterruptedException {
        MicrometerLockObserver observer = new MicrometerLockObserver(registry, "memory");
        try (LockClient client =
                LockClients.builder("memory:meters").observer(observer).open()) {
            try (Lease lease =
                    client.lock("a", LockOptions.ttl(Duration.ofMinutes(1))).acquire()) {
                lease.renew();
                assertThat(client.lock("a", LockOptions.ttl(Duration.ofMinutes(1)))
                                .tryAcquire())
                        .isEmpty();
            }
        }
        assertThat(timerCount("fencepost.attempt", "outcome", "acquired")).isEqualTo(1);
        assertThat(timerCount("fencepost.wait", "outcome", "acquired")).isEqualTo(1);
        assertThat(timerCount("fencepost.wait", "outcome", "contended")).isEqualTo(1);
        assertThat(timerCount("fencepost.renewal", "outcome", "renewed")).isEqualTo(1);
        assertThat(timerCount("fencepost.hold", "end", "released")).isEqualTo(1);
        assertThat(registry.get("fencepost.queue").gauge().value()).isZero();
    }

    @Test
    void countsLossesByCauseAndUnknownOutcomesByOperation() {
        MicrometerLockObserver observer = new MicrometerLockObserver(registry, "x", true);
        observer.lost("a", LossCause.NOT_OWNER, Duration.ofSeconds(1));
        observer.attempted("a", AttemptResult.INDETERMINATE, Duration.ofSeconds(1));
        observer.renewed("a", RenewalResult.INDETERMINATE, Duration.ofSeconds(1));
        observer.renewed("b", RenewalResult.INDETERMINATE, Duration.ofSeconds(1));
        observer.queueChanged("a", 1);
        observer.handedOff("a");

        assertThat(registry.get("fencepost.lost")
                        .tags("provider", "x", "cause", "not_owner", "lock", "a")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("fencepost.indeterminate")
                        .tags("operation", "renewal", "lock", "b")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("fencepost.queue").gauge().value()).isEqualTo(1);
        assertThat(registry.get("fencepost.handoff").tags("lock", "a").counter().count())
                .isEqualTo(1);
    }

    private long timerCount(String name, String tag, String value) {
        return registry.get(name).tags("provider", "memory", tag, value).timer().count();
    }
}

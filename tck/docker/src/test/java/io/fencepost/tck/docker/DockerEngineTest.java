package io.fencepost.tck.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class DockerEngineTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    @Test
    void nobodyLooksForAnEngineUnlessItIsAskedFor() {
        assertThat(DockerEngine.unavailable(null, () -> fail("looked for an engine"), LONG))
                .hasValueSatisfying(reason -> assertThat(reason).contains("-Ddocker"));
        assertThat(DockerEngine.unavailable("false", () -> fail("looked for an engine"), LONG))
                .isPresent();
    }

    @Test
    void anEngineThatAnswersIsAvailable() {
        assertThat(DockerEngine.unavailable("true", Optional::empty, LONG)).isEmpty();
        assertThat(DockerEngine.unavailable("", Optional::empty, LONG)).isEmpty();
    }

    @Test
    void anEngineThatCannotBeReachedIsAReason() {
        assertThat(DockerEngine.unavailable(
                        "true",
                        () -> {
                            throw new IllegalStateException("no such\nsocket");
                        },
                        LONG))
                .contains("no Docker engine answers: no such socket");
    }

    @Test
    void anEngineThatDoesNotAnswerIsNotWaitedForLong() {
        CountDownLatch never = new CountDownLatch(1);
        try {
            assertThat(DockerEngine.unavailable("true", () -> waitFor(never), Duration.ofMillis(50)))
                    .contains("no Docker engine answers within PT0.05S");
        } finally {
            never.countDown();
        }
    }

    private static Optional<String> waitFor(CountDownLatch latch) {
        try {
            latch.await();
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}

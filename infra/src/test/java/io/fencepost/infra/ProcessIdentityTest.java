package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Sleepers sleepers = new Sleepers();

    @AfterEach
    void endSleepers() {
        sleepers.close();
    }

    @Test
    void fieldsAreCountedAfterACommandWithSpacesAndParentheses() {
        String[] fields = ProcessIdentity.afterCommand("42 (a (b) c) S 1 2 3");

        assertThat(fields).containsExactly("S", "1", "2", "3");
    }

    @Test
    void survivesFormattingAndParsing() {
        ProcessIdentity self = ProcessIdentity.ofThisProcess();

        assertThat(ProcessIdentity.parse(self.format())).isEqualTo(self);
        assertThat(self.isAlive()).isTrue();
    }

    @Test
    void anotherProcessWithTheSameIdIsNotMistaken() {
        ProcessIdentity sleeper = sleepers.start();
        ProcessIdentity earlier = new ProcessIdentity(sleeper.pid(), sleeper.birth() + "0");

        assertThat(earlier.isAlive()).isFalse();
        assertThat(earlier.state()).isEqualTo(NodeState.DEAD);
        earlier.kill();

        assertThat(sleeper.isAlive()).isTrue();
    }

    @Test
    void pausesResumesAndDiesBySignal() {
        ProcessIdentity sleeper = sleepers.start();
        assertThat(sleeper.state()).isEqualTo(NodeState.RUNNING);

        sleeper.signal("STOP");
        await().atMost(LIMIT).until(() -> sleeper.state() == NodeState.PAUSED);
        sleeper.signal("CONT");
        await().atMost(LIMIT).until(() -> sleeper.state() == NodeState.RUNNING);
        sleeper.signal("STOP");
        sleeper.kill();

        await().atMost(LIMIT).until(() -> sleeper.state() == NodeState.DEAD);
    }

    @Test
    void aProcessThatEndedIsGoneThoughNobodyWaitedForIt() throws Exception {
        // the shell becomes tail, which never collects the child that the shell had started
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0.1 & echo $!; exec tail -f /dev/null").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());

            await().atMost(LIMIT).until(() -> ProcessIdentity.of(child).isEmpty());
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}

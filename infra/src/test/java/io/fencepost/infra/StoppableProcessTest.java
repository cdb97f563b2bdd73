package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StoppableProcessTest {
    private final Process child;

    StoppableProcessTest() throws IOException {
        child = new ProcessBuilder("sleep", "60").start();
    }

    @AfterEach
    void kill() {
        child.destroyForcibly();
        child.onExit().join();
    }

    @Test
    void itStopsAndGoesOn() {
        StoppableProcess process = StoppableProcess.of(child.pid());
        assertThat(process.state()).isEqualTo(NodeState.RUNNING);

        process.pause();
        assertThat(process.state()).isEqualTo(NodeState.PAUSED);

        process.resume();
        assertThat(process.state()).isEqualTo(NodeState.RUNNING);
    }

    @Test
    void whatIsGoneIsSaidToBe() {
        StoppableProcess process = StoppableProcess.of(child.pid());
        kill();

        assertThat(process.state()).isEqualTo(NodeState.DEAD);
        assertThatIllegalStateException()
                .isThrownBy(process::pause)
                .withMessageContaining(Long.toString(child.pid()))
                .withMessageContaining("gone");
        assertThatIllegalStateException().isThrownBy(() -> StoppableProcess.of(child.pid()));
    }
}

package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class OwnerTest {

    @Test
    void mavenIsKnownByItsLauncherClass() {
        assertThat(Owner.isMaven(List.of(
                        "java",
                        "-classpath",
                        "boot.jar",
                        "org.codehaus.plexus.classworlds.launcher.Launcher",
                        "verify")))
                .isTrue();
        assertThat(Owner.isMaven(List.of("java", "-cp", "w.jar", "org.apache.maven.wrapper.MavenWrapperMain")))
                .isTrue();
        assertThat(Owner.isMaven(List.of("grep", "-r", "classworlds.launcher.Launcher")))
                .isFalse();
        assertThat(Owner.isMaven(List.of())).isFalse();
    }

    @Test
    void theOwnerIsThisProcessOrAnAncestor() {
        ProcessIdentity owner = Owner.ofThisBuild();

        assertThat(owner.isAlive()).isTrue();
        assertThat(Stream.iterate(
                                Optional.of(ProcessHandle.current()),
                                Optional::isPresent,
                                process -> process.flatMap(ProcessHandle::parent))
                        .map(process -> process.orElseThrow().pid()))
                .contains(owner.pid());
    }
}

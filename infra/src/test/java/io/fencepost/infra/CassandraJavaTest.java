package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CassandraJavaTest {

    @TempDir
    private Path machine;

    private Path current;

    @BeforeEach
    void layOut() throws Exception {
        current = home("jvms/current", "25.0.1");
    }

    @Test
    void theSystemPropertyComesFirst() throws Exception {
        Path named = home("named", "17.0.1");
        Map<String, String> environment =
                Map.of("CASSANDRA_JAVA_HOME", home("other", "17.0.2").toString());

        assertThat(find(Optional.of(named.toString()), environment, 17)).isEqualTo(named.resolve("bin/java"));
        assertThat(find(Optional.of(named.resolve("bin/java").toString()), environment, 17))
                .isEqualTo(named.resolve("bin/java"));
    }

    @Test
    void theEnvironmentComesSecond() throws Exception {
        Path named = home("named", "17.0.1");

        assertThat(find(Optional.empty(), Map.of("CASSANDRA_JAVA_HOME", named.toString()), 17))
                .isEqualTo(named.resolve("bin/java"));
    }

    @Test
    void theCurrentJavaIsGoodEnoughFrom11To17() {
        assertThat(find(Optional.empty(), Map.of(), 17)).isEqualTo(current.resolve("bin/java"));
        assertThat(find(Optional.empty(), Map.of(), 11)).isEqualTo(current.resolve("bin/java"));
    }

    @Test
    void onANewerJavaOneIsLookedForByItsReleaseFile() throws Exception {
        home("usual/jdk-17-by-name-only", "21.0.3");
        Path right = home("usual/some-jdk", "17.0.15");

        assertThat(find(Optional.empty(), Map.of(), 25)).isEqualTo(right.resolve("bin/java"));
    }

    /** Debian keeps a .jinfo file beside the homes; the search failed on it as on a home that cannot be read. */
    @Test
    void filesBesideTheHomesAreNoHomes() throws Exception {
        Path right = home("usual/some-jdk", "17.0.15");
        Files.createFile(machine.resolve("usual/.jinfo"));

        assertThat(find(Optional.empty(), Map.of(), 25)).isEqualTo(right.resolve("bin/java"));
    }

    @Test
    void theNeighboursOfTheCurrentJavaAreLookedAt() throws Exception {
        Path neighbour = home("jvms/neighbour", "17");

        assertThat(find(Optional.empty(), Map.of(), 21)).isEqualTo(neighbour.resolve("bin/java"));
    }

    @Test
    void withoutOneTheMessageSaysWhatToSet() {
        assertThatIllegalStateException()
                .isThrownBy(() -> find(Optional.empty(), Map.of(), 25))
                .withMessageContaining("this is Java 25")
                .withMessageContaining("fencepost.cassandra.java")
                .withMessageContaining("CASSANDRA_JAVA_HOME");
    }

    @Test
    void aNamedJavaThatIsNoneIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> find(Optional.of(machine.toString()), Map.of(), 17))
                .withMessageContaining("fencepost.cassandra.java");
        assertThatIllegalStateException()
                .isThrownBy(() -> find(Optional.empty(), Map.of("CASSANDRA_JAVA_HOME", machine.toString()), 17))
                .withMessageContaining("CASSANDRA_JAVA_HOME");
    }

    private Path find(Optional<String> named, Map<String, String> environment, int version) {
        return CassandraJava.find(named, environment, current, version, List.of(machine.resolve("usual")));
    }

    private Path home(String name, String version) throws Exception {
        Path home = machine.resolve(name);
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"any\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }
}

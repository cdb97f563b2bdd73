package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckoutTest {

    @TempDir
    private Path root;

    @BeforeEach
    void layOut() throws Exception {
        Files.createDirectories(root.resolve("infra/servers/redis"));
        Files.createDirectories(root.resolve("provider/src"));
    }

    @Test
    void theRootIsFoundUpwardsOfAModule() {
        assertThat(Checkout.find(Optional.empty(), root.resolve("provider/src")).root())
                .isEqualTo(root);
        assertThat(Checkout.find(Optional.empty(), root).root()).isEqualTo(root);
    }

    @Test
    void theRootCanBeNamed() {
        assertThat(Checkout.find(Optional.of(root.toString()), Path.of("/")).root())
                .isEqualTo(root);
    }

    @Test
    void aWrongRootIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> Checkout.find(Optional.of(root.resolve("provider").toString()), root))
                .withMessageContaining("fencepost.root")
                .withMessageContaining("provider");
        assertThatIllegalStateException()
                .isThrownBy(() -> Checkout.find(Optional.empty(), Path.of("/")))
                .withMessageContaining("fencepost.root");
    }

    @Test
    void aMissingClassPathNamesTheCommandThatMakesIt() {
        assertThatIllegalStateException()
                .isThrownBy(() -> new Checkout(root).serverClassPath(ClusterKind.REDIS))
                .withMessageContaining("./mvnw -B -Ptck process-resources -pl infra/servers/redis");
    }

    @Test
    void aClassPathIsRead() throws Exception {
        Path first = Files.createFile(root.resolve("a.jar"));
        Path second = Files.createFile(root.resolve("b.jar"));
        write(first + File.pathSeparator + second + "\n");

        assertThat(new Checkout(root).serverClassPath(ClusterKind.REDIS)).containsExactly(first, second);
    }

    @Test
    void aJarThatIsGoneIsNamed() throws Exception {
        write(root.resolve("gone.jar").toString());

        assertThatIllegalStateException()
                .isThrownBy(() -> new Checkout(root).serverClassPath(ClusterKind.REDIS))
                .withMessageContaining("gone.jar")
                .withMessageContaining("mvnw");
    }

    private void write(String classPath) throws Exception {
        Path target = Files.createDirectories(root.resolve("infra/servers/redis/target"));
        Files.writeString(target.resolve("classpath.txt"), classPath);
    }
}

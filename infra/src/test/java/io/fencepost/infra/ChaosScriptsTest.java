package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts in {@code infra/chaos}: each reaches its main class. */
class ChaosScriptsTest {

    static List<Path> scripts() {
        return Disk.children(Checkout.find().root().resolve("infra/chaos"), "").stream()
                .filter(script -> script.toString().endsWith(".sh"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void aScriptTellsHowItIsUsedAndRefusesWhatItDoesNotKnow(Path script) {
        assertThat(Files.isExecutable(script)).isTrue();

        Programs.Result help = Programs.run(Map.of(), List.of(script.toString(), "--help"));
        assertThat(help.status()).as(help.output()).isZero();
        assertThat(help.output()).startsWith("usage: " + name(script));
        Programs.Result refused = Programs.run(Map.of(), List.of(script.toString(), "--fast"));
        assertThat(refused.status()).as(refused.output()).isEqualTo(2);
    }

    private static String name(Path script) {
        return String.valueOf(script.getFileName()).replace(".sh", "");
    }
}

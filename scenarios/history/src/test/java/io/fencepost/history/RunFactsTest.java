package io.fencepost.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFactsTest {
    @Test
    void isStrictWhereNothingIsSaid() throws IOException {
        RunFacts facts = RunFacts.parse("{}");
        assertThat(facts.doubleHolder()).isEqualTo(Expectation.FORBIDDEN);
        assertThat(facts.tokenRegression()).isEqualTo(Expectation.FORBIDDEN);
        assertThat(facts.twinLosses()).isEqualTo(Expectation.ALLOWED);
        assertThat(facts.drift()).isZero();
        assertThat(facts.takeoverBoundMillis()).isEmpty();
        assertThat(facts.kindsRequired()).containsExactlyInAnyOrder("acquire", "release", "renewed", "read", "write");
        assertThat(facts.isAmnesiaOnPurpose()).isFalse();
        assertThat(facts.exposingFaults()).isEmpty();
    }

    @Test
    void readsWhatIsSaid() throws IOException {
        RunFacts facts = RunFacts.parse(
                "{\"scenario\":\"S9\",\"provider\":\"redlock\",\"seed\":7,\"expectations\":{\"double_holder\":\"expected\"},"
                        + "\"facts\":{\"drift\":0.01,\"drift_margin_ms\":2,\"grace_ms\":1000,\"takeover_bound_ms\":9000,"
                        + "\"durability\":\"lost on purpose\",\"guard\":\"off\",\"faults_required\":3,"
                        + "\"kinds_required\":[\"acquire\"],\"classified_errors\":[\"odd\"],\"exposing_faults\":[\"clock\",\"forget\"]}}");
        assertThat(facts.scenario()).isEqualTo("S9");
        assertThat(facts.provider()).isEqualTo("redlock");
        assertThat(facts.seed()).isEqualTo(7);
        assertThat(facts.doubleHolder()).isEqualTo(Expectation.EXPECTED);
        assertThat(facts.drift()).isEqualTo(0.01);
        assertThat(facts.driftMarginMillis()).isEqualTo(2);
        assertThat(facts.graceMillis()).isEqualTo(1_000);
        assertThat(facts.takeoverBoundMillis()).hasValue(9_000);
        assertThat(facts.isAmnesiaOnPurpose()).isTrue();
        assertThat(facts.faultsRequired()).isEqualTo(3);
        assertThat(facts.kindsRequired()).containsExactly("acquire");
        assertThat(facts.classifiedErrors()).containsExactly("odd");
        assertThat(facts.exposingFaults()).contains(Set.of("clock", "forget"));
    }

    @Test
    void isBuiltByHand() {
        RunFacts facts = RunFacts.builder()
                .with("scenario", "S1")
                .with("parameters", List.of("x"))
                .fact("drift", 0.5)
                .twinLosses(Expectation.EXPECTED)
                .tokenRegression(Expectation.ALLOWED)
                .build();
        assertThat(facts.json().toString())
                .isEqualTo("{\"scenario\":\"S1\",\"parameters\":[\"x\"],\"facts\":{\"drift\":0.5},"
                        + "\"expectations\":{\"twin_losses\":\"expected\",\"token_regression\":\"allowed\"}}");
    }

    @Test
    void refusesWhatItDoesNotUnderstand(@TempDir Path folder) throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunFacts.parse("{\"expectations\":{\"twin_losses\":\"maybe\"}}"))
                .withMessageContaining("maybe");
        assertThatIllegalArgumentException().isThrownBy(() -> RunFacts.parse("[]"));
        Path file = Files.writeString(folder.resolve("run.json"), "[]");
        assertThatIOException().isThrownBy(() -> RunFacts.read(file)).withMessageContaining("run.json");
    }
}

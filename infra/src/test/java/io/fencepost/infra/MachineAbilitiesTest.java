package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a survey says of any machine. */
class MachineAbilitiesTest {

    @Test
    void everyFaultIsSurveyedInOneLineEach() {
        List<MachineAbility> abilities = MachineAbilities.survey();

        assertThat(abilities).extracting(MachineAbility::fault).doesNotHaveDuplicates();
        assertThat(abilities)
                .hasSize(9)
                .allMatch(ability -> ability.reason().lines().count() == 1);
        assertThat(abilities.get(0).able()).isTrue();
        assertThat(abilities)
                .filteredOn(ability -> ability.fault().startsWith("partitions"))
                .allMatch(
                        ability -> ability.able() == NodeNetworks.unavailable().isEmpty());
    }

    @Test
    void whatCannotBeDoneSaysWhyAndWhatWouldEnableIt() {
        MachineAbility ability = MachineAbilities.ability(
                "slow disks", "by strace", "it takes strace", () -> Optional.of("no strace\n  on the path"));

        assertThat(ability)
                .isEqualTo(new MachineAbility("slow disks", false, "no strace on the path; it takes strace"));
    }

    @Test
    void anAttemptThatThrowsIsOneThatFailed() {
        MachineAbility ability = MachineAbilities.ability("clocks", "", "build it", () -> {
            throw new IllegalStateException("the class path is not resolved");
        });

        assertThat(ability.able()).isFalse();
        assertThat(ability.reason()).isEqualTo("the class path is not resolved; build it");
    }
}

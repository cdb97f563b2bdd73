package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What can be known of node networks without root: words, numbers, and who is cut from whom. */
class NodeNetworksTest {

    private static final NetworkTools NOTHING_WORKS = new NetworkTools(Path.of("/bin/false"), Path.of("/bin/false"));
    private static final NodeNetwork NETWORK =
            new NamespaceNetwork(new NetworkPlan("fp000000", "198.18.0"), 3, NOTHING_WORKS);

    @Test
    void aMachineThatCannotSaysWhy() {
        assertThat(NodeNetworks.unfit("Mac OS X", Optional.empty())).contains("this is not Linux but Mac OS X");
        assertThat(NodeNetworks.unfit("Linux", Optional.of("Name:\tjava\nUid:\t1000\t1000\t1000\t1000\n")))
                .hasValueSatisfying(reason -> assertThat(reason).contains("not root"));
        assertThat(NodeNetworks.unfit("Linux", Optional.empty())).isPresent();
        assertThat(NodeNetworks.unfit("Linux", Optional.of("Uid:\t1000\t0\t0\t0\n")))
                .isEmpty();
    }

    @Test
    void groupsWithoutACommonNodeLoseEachOther() {
        List<Set<Integer>> halves = List.of(Set.of(0, 1), Set.of(2, 3, 4));

        assertThat(NamespaceNetwork.areApart(halves, 0, 2)).isTrue();
        assertThat(NamespaceNetwork.areApart(halves, 2, 0)).isTrue();
        assertThat(NamespaceNetwork.areApart(halves, 0, 1)).isFalse();
        assertThat(NamespaceNetwork.areApart(halves, 0, 5)).isFalse();
    }

    @Test
    void overlappingGroupsAreARingInWhichEachSeesAMajority() {
        List<Set<Integer>> ring = List.of(Set.of(4, 0, 1), Set.of(1, 2), Set.of(2, 3), Set.of(3, 4));

        assertThat(NamespaceNetwork.areApart(ring, 0, 1)).isFalse();
        assertThat(NamespaceNetwork.areApart(ring, 0, 4)).isFalse();
        assertThat(NamespaceNetwork.areApart(ring, 0, 2)).isTrue();
        assertThat(NamespaceNetwork.areApart(ring, 2, 4)).isTrue();
    }

    @Test
    void droppedPacketsAreTheFirstNumbersOfTheRules() {
        assertThat(NamespaceNetwork.packets("""
                Chain FENCEPOST-DROPPED (2 references)
                    pkts      bytes target     prot opt in     out     source               destination
                      17     1020 DROP       0    --  *      *       0.0.0.0/0            0.0.0.0/0
                """)).isEqualTo(17);
    }

    @Test
    void delaysAreGivenToTheKernelInMicroseconds() {
        assertThat(NamespaceNetwork.netem(Duration.ofMillis(250), Duration.ofNanos(1_500_000), 2.5))
                .containsExactly("netem", "delay", "250000us", "1500us", "loss", "2.500%");
    }

    @Test
    void valuesOutOfRangeAreRefusedWithTheRange() {
        assertThatIllegalArgumentException().isThrownBy(() -> NETWORK.cut(0, 3)).withMessage("node 3, must be 0 to 2");
        assertThatIllegalArgumentException().isThrownBy(() -> NETWORK.isolate(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> NETWORK.cutClients(3));
        assertThatIllegalArgumentException().isThrownBy(() -> NETWORK.partition(List.of(Set.of(0), Set.of(7))));
        assertThatIllegalArgumentException().isThrownBy(() -> NETWORK.cut(1, 1)).withMessageContaining("itself");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamespaceNetwork.netem(Duration.ofMinutes(2), Duration.ZERO, 0))
                .withMessageContaining("PT2M");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamespaceNetwork.netem(Duration.ofMillis(1), Duration.ofMillis(2), 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NamespaceNetwork.netem(Duration.ZERO, Duration.ZERO, Double.NaN));
    }

    @Test
    void aCutThatTheMachineRefusesIsReportedWithItsCommand() {
        assertThatIllegalStateException()
                .isThrownBy(() -> NETWORK.cut(0, 1))
                .withMessageContaining("fp000000n2")
                .withMessageContaining("ended with 1");
    }
}

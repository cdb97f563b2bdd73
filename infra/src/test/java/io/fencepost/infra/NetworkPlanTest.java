package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which subnet a cluster gets, by what {@code /proc/net/route} says. */
class NetworkPlanTest {

    private static final String HEADING =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private static final String DEFAULT = route("eth0", "00000000", "00000000");

    /** 198.18.0.0/15 and 10.0.0.0/8, in the order of their bytes in the memory of a little-endian machine. */
    private static final String MEASUREMENTS = route("tun0", "000012C6", "0000FEFF");

    private static final String TEN = route("tun1", "0000000A", "000000FF");

    @Test
    void theRangeOfMeasurementsComesFirstAndTheDefaultRouteDoesNotCount() {
        NetworkPlan plan = NetworkPlan.choose(HEADING + DEFAULT, new Random(1));

        assertThat(plan.prefix()).matches("198\\.1[89]\\.\\d{1,3}");
        assertThat(plan.subnet()).isEqualTo(plan.prefix() + ".0/24");
        assertThat(plan.clientHost()).isEqualTo(plan.prefix() + ".1");
        assertThat(plan.host(0)).isEqualTo(plan.prefix() + ".11");
    }

    @Test
    void aRangeThatARouteLeadsToIsLeftAlone() {
        assertThat(NetworkPlan.choose(HEADING + DEFAULT + MEASUREMENTS, new Random(1))
                        .prefix())
                .startsWith("10.");
        assertThatIllegalStateException()
                .isThrownBy(() -> NetworkPlan.choose(HEADING + MEASUREMENTS + TEN, new Random(1)))
                .withMessageContaining("198.18.0.0/15");
    }

    @Test
    void theSubnetOfAnotherClusterIsNotChosenAgain() {
        StringBuilder allButOne = new StringBuilder(HEADING + TEN);
        for (int second = 18; second < 20; second++) {
            for (int third = 0; third < 256; third++) {
                // every second subnet is taken
                if (third % 2 == 0) {
                    allButOne.append(route("*", "00%02X%02XC6".formatted(third, second), "00FFFFFF"));
                }
            }
        }

        for (int seed = 0; seed < 20; seed++) {
            String prefix =
                    NetworkPlan.choose(allButOne.toString(), new Random(seed)).prefix();
            assertThat(Integer.parseInt(prefix.substring(prefix.lastIndexOf('.') + 1)) % 2)
                    .isEqualTo(1);
        }
    }

    @Test
    void namesAreShortEnoughForInterfacesAndDifferFromClusterToCluster() {
        NetworkPlan one = NetworkPlan.choose(HEADING, new Random(1));
        NetworkPlan other = NetworkPlan.choose(HEADING, new Random(2));

        // the kernel's limit is 15
        assertThat(one.port(8)).hasSizeLessThanOrEqualTo(15).isNotEqualTo(other.port(8));
        assertThat(one.namespace(0)).isEqualTo(one.id() + "n1");
        assertThat(one.bridge()).isNotEqualTo(other.bridge());
    }

    private static String route(String device, String destination, String mask) {
        return device + "\t" + destination + "\t00000000\t0001\t0\t0\t0\t" + mask + "\t0\t0\t0\n";
    }
}

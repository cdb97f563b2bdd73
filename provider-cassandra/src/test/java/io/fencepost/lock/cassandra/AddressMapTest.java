package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.datastax.oss.driver.api.core.addresstranslation.AddressTranslator;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressMapTest {
    private static AddressMap read(String value) {
        return AddressMap.read(
                BackendConfig.parse("cassandra://a/locks", Map.of("addressMap", value), "me", TimeSource.SYSTEM));
    }

    private static InetSocketAddress unresolved(Address address) {
        return InetSocketAddress.createUnresolved(address.host(), address.port());
    }

    @Test
    void translatesWhatIsMappedAndNothingElse() {
        AddressTranslator translator =
                read("10.0.0.1:9042>gateway:19042,10.0.0.2:9042>10.9.9.9:19043,[2001:db8::1]:9042>[::1]:19044")
                        .translator(AddressMapTest::unresolved);

        assertThat(translator.translate(new InetSocketAddress("10.0.0.1", 9042)))
                .isEqualTo(InetSocketAddress.createUnresolved("gateway", 19042));
        assertThat(translator.translate(new InetSocketAddress("10.0.0.2", 9042)))
                .isEqualTo(InetSocketAddress.createUnresolved("10.9.9.9", 19043));
        assertThat(translator.translate(new InetSocketAddress("2001:db8:0:0:0:0:0:1", 9042)))
                .isEqualTo(InetSocketAddress.createUnresolved("[::1]", 19044));
        InetSocketAddress otherPort = new InetSocketAddress("10.0.0.1", 9043);
        assertThat(translator.translate(otherPort)).isEqualTo(otherPort);
        InetSocketAddress otherHost = new InetSocketAddress("10.0.0.3", 9042);
        assertThat(translator.translate(otherHost)).isEqualTo(otherHost);
    }

    @Test
    void asksTheNameServiceWhenTheClientIsOpened() {
        List<Address> asked = new ArrayList<>();
        AddressTranslator translator = read("10.0.0.1:9042>gateway:19042").translator(address -> {
            asked.add(address);
            return unresolved(address);
        });
        assertThat(asked).containsExactly(new Address("gateway", 19042));

        translator.translate(new InetSocketAddress("10.0.0.1", 9042));
        translator.translate(new InetSocketAddress("10.0.0.1", 9042));
        assertThat(asked).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10.0.0.1:9042",
                "10.0.0.1:9042>",
                "10.0.0.1:9042>gateway",
                "10.0.0.1>gateway:1",
                "10.0.0.1:9042>b:1>c:1",
                "node1:9042>gateway:1",
                "10.0.0.256:9042>gateway:1",
                "[1:2]:9042>gateway:1",
                "10.0.0.1:9042>2001:db8::1:9042"
            })
    void refusesWhatIsNoEntryAndSaysWhatIsAllowed(String entry) {
        assertRefused("10.0.0.9:9042>other:1," + entry, entry, "announced>reached");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1:0>gateway:1", "10.0.0.1:9042>gateway:65536", "10.0.0.1:99999>gateway:1"})
    void refusesAPortThatIsNone(String entry) {
        assertRefused(entry, entry, "a port from 1 to 65535");
    }

    @Test
    void refusesTwoAddressesForANodeAndTwoNodesAtAnAddress() {
        assertRefused("10.0.0.1:1>b:1,10.0.0.1:1>b:2", "10.0.0.1:1>b:2", "one entry for each node");
        assertRefused("10.0.0.1:1>b:1,10.0.0.2:1>b:1", "10.0.0.2:1>b:1", "an address of its own for each node");
    }

    private static void assertRefused(String value, String entry, String allowed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(value))
                .withMessageContaining("option 'addressMap' is '" + entry + "'")
                .withMessageContaining("allowed is " + allowed);
    }
}

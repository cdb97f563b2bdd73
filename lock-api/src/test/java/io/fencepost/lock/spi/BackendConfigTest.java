package io.fencepost.lock.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackendConfigTest {
    private static BackendConfig parse(String uri) {
        return BackendConfig.parse(uri, Map.of(), "me", TimeSource.SYSTEM);
    }

    @Test
    void readsEveryPartOfAUri() {
        BackendConfig config = parse("redlock://us%40er:p%3Aw@h1:1,[::1]:2,h3/a/b?x=1&y=a%20b+c");

        assertThat(config.scheme()).isEqualTo("redlock");
        assertThat(config.user()).contains("us@er");
        assertThat(config.password()).contains("p:w");
        assertThat(config.addresses(9))
                .containsExactly(new Address("h1", 1), new Address("[::1]", 2), new Address("h3", 9));
        assertThat(config.path()).isEqualTo("a/b");
        assertThat(config.string("x")).contains("1");
        assertThat(config.string("y")).contains("a b+c");
        config.rejectUnknownOptions();
    }

    @Test
    void readsAUriWithoutServers() {
        assertThat(parse("memory:").path()).isEmpty();
        assertThat(parse("memory:space").path()).isEqualTo("space");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nothing", ":x", "Redlock://h", "1a:x", "//h:1"})
    void refusesAUriWithoutScheme(String uri) {
        assertThatIllegalArgumentException().isThrownBy(() -> parse(uri)).withMessageContaining("'" + uri + "'");
    }

    @Test
    void showsNoPasswordInAMessage() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("NOPE//user:secret@h/?password=secret"))
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("x://h?trustPassword=secret").integer("trustPassword", 1, 0, 9))
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x://h:0", "x://h:65536", "x://h:port", "x://h1:1,,h2:2", "x://a b:1", "x://h:1:2"})
    void refusesAMalformedAddress(String uri) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse(uri).addresses(1))
                .withMessageContaining("host:port");
    }

    @Test
    void refusesMissingAndDoubleAddresses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("x:///p").addresses(7))
                .withMessageContaining("x://host:7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> parse("x://h:1,h:1").addresses(7))
                .withMessageContaining("h:1 is given twice");
    }

    @Test
    void refusesAnOptionGivenTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BackendConfig.parse("x://h?a=1", Map.of("a", "2"), "me", TimeSource.SYSTEM))
                .withMessageContaining("'a' is given twice");
    }

    @Test
    void refusesAnUnknownOptionAndListsTheKnown() {
        BackendConfig config = parse("x://h?ttt=1&known=2");
        config.string("known");
        config.integer("other", 1, 0, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(config::rejectUnknownOptions)
                .withMessageContaining("'ttt'")
                .withMessageContaining("known, other");
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "10s,PT10S", "2m,PT2M", "1h,PT1H", "1d,PT24H", "PT3S,PT3S"})
    void readsDurations(String text, Duration expected) {
        assertThat(parse("x://h?d=" + text).duration("d", Duration.ZERO, Duration.ZERO, Duration.ofDays(2)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "10 s", "-1s", "3d", "x", "99999999999999d"})
    void refusesOtherDurationsAndNamesTheRange(String text) {
        BackendConfig config = BackendConfig.parse("x://h", Map.of("d", text), "me", TimeSource.SYSTEM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.duration("d", Duration.ZERO, Duration.ZERO, Duration.ofDays(2)))
                .withMessageContaining("'" + text + "'")
                .withMessageContaining("PT0S to PT48H");
    }

    @Test
    void readsAndRefusesTheOtherKinds() {
        BackendConfig config = parse("x://h?n=5&f=true&c=server-clock&badN=12&badF=yes&badC=SERVER");
        assertThat(config.integer("n", 1, 0, 9)).isEqualTo(5);
        assertThat(config.integer("absent", 1, 0, 9)).isEqualTo(1);
        assertThat(config.flag("f", false)).isTrue();
        assertThat(config.choice("c", ExpiryClass.OBSERVED)).isEqualTo(ExpiryClass.SERVER_CLOCK);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.integer("badN", 1, 0, 9))
                .withMessageContaining("from 0 to 9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.flag("badF", false))
                .withMessageContaining("true or false");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> config.choice("badC", ExpiryClass.OBSERVED))
                .withMessageContaining("server-clock, observed");
    }
}

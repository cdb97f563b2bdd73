package io.fencepost.scheduler.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By which names a server without a token may be asked. Nothing listens. */
class BrowserGuardTest {
    private static final ApiOptions EVERYWHERE =
            ApiOptions.DEFAULT.withHost("0.0.0.0").withAnonymous(true);

    private final BrowserGuard loopback = new BrowserGuard(ApiOptions.DEFAULT);
    private final BrowserGuard everywhere = new BrowserGuard(EVERYWHERE);

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST", "jobs.localhost", "127.0.0.1", "127.8.9.10", "[::1]"})
    void thisHostIsServedEverywhere(String host) {
        assertThat(loopback.serves(host)).isTrue();
        assertThat(everywhere.serves(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "api",
                "127.0.0.1.evil.example",
                "evil-localhost",
                "localhost.evil.example",
                "999.0.0.1",
                "1.2.3.4.5",
                "[evil]",
                "[::1",
                ""
            })
    void aNameThatAPageMayHaveMadeToPointHereIsNot(String host) {
        assertThat(loopback.serves(host)).isFalse();
        assertThat(everywhere.serves(host)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.7", "10.0.0.1", "[2001:db8::1]"})
    void addressesOfOthersAreServedWhereOthersGetHere(String host) {
        assertThat(loopback.serves(host)).isFalse();
        assertThat(everywhere.serves(host)).isTrue();
    }

    @Test
    void whatItIsToldIsServedToo() {
        BrowserGuard told = new BrowserGuard(EVERYWHERE.withHostNames(Set.of("api", "Jobs.example")));

        assertThat(told.serves("api")).isTrue();
        assertThat(told.serves("jobs.EXAMPLE")).isTrue();
        assertThat(told.serves("other.example")).isFalse();
    }

    @Test
    void aTokenLetsEveryNameIn() {
        assertThat(new BrowserGuard(EVERYWHERE.withToken("correct-horse-battery")).serves("evil.example"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "api:8080", "*.example", "http://api", "[::1]"})
    void aNameIsOneWithoutAPort(String name) {
        assertThatThrownBy(() -> ApiOptions.DEFAULT.withHostNames(Set.of(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + name + "'");
    }
}

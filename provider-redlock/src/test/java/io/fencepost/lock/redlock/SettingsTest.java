package io.fencepost.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void theDefaultsAreThoseOfTheReadme() {
        Settings settings = Backends.settings("redlock://a,b:7000,c");
        assertThat(settings.addresses()).extracting(Object::toString).containsExactly("a:6379", "b:7000", "c:6379");
        assertThat(settings.quorum()).isEqualTo(2);
        assertThat(settings.keyPrefix()).isEqualTo("fencepost:");
        assertThat(settings.operationTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(settings.quorumTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.maxTtl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(settings.restarts()).isEqualTo(RestartPolicy.ASK);
        assertThat(settings.tokenHint()).isEqualTo(TokenHint.CLOCK);
        assertThat(settings.tls()).isFalse();
        assertThat(settings.verifyPeer()).isTrue();
        assertThat(settings.keys("x")).containsExactly("fencepost:lock:x", "fencepost:fence:x");
    }

    @Test
    void aPrefixIsNoPattern() {
        assertThat(Backends.settings("redlock://a").fencePattern()).isEqualTo("fencepost:fence:*");
        BackendConfig config =
                BackendConfig.parse("redlock://a", Map.of("keyPrefix", "a*[b]?\\c:"), "holder", TimeSource.SYSTEM);
        assertThat(Settings.of(config).fencePattern()).isEqualTo("a\\*\\[b\\]\\?\\\\c:fence:*");
    }

    @Test
    void aShortOperationTimeoutBoundsTheQuorumTimeout() {
        assertThat(Backends.settings("redlock://a?operationTimeout=200ms").quorumTimeout())
                .isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void credentialsComeFromTheUriOrFromOptions() {
        assertThat(Backends.settings("redlock://me:secret@a").user()).contains("me");
        assertThat(Backends.settings("redlock://:secret@a").password()).contains("secret");
        BackendConfig config = BackendConfig.parse(
                "redlock://a", Map.of("user", "me", "password", "secret"), "holder", TimeSource.SYSTEM);
        assertThat(Settings.of(config).password()).contains("secret");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "redlock://a,b | 2 nodes",
                "redlock://a,b,c,d,e,f,g,h,i,j,k | 11 nodes",
                "redlock: | names no server",
                "redlock://a/0 | '/0'",
                "redlock://a?keyPrefix= | keyPrefix",
                "redlock://a?quorumTimeout=4s | quorumTimeout",
                "redlock://a?maxTtl=2d | maxTtl",
                "redlock://a?restarts=never | ask, trust, quarantine",
                "redlock://a?tokenHint=maybe | clock, none",
                "redlock://a?verifyPeer=false | tls",
                "redlock://me@a | password",
                "redlock://:one@a?password=two | twice",
                "redlock://a?speed=9 | speed"
            })
    void mistakesAreRefusedByName(String uri, String named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backends.settings(uri))
                .withMessageContaining(named)
                .withMessageNotContaining("two'");
    }
}

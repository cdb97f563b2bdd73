package io.fencepost.scheduler.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Only addresses, so that nothing is looked up. */
class HttpHostsTest {
    private static boolean allows(HttpHosts hosts, String uri) {
        return hosts.refusal(URI.create(uri)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "api.example.com, http://api.example.com/, true",
        "api.example.com, http://API.Example.com./, true",
        "API.example.com, https://api.example.com:8443/, true",
        "api.example.com, http://x.api.example.com/, false",
        "api.example.com, http://api.example.com.evil.org/, false",
        "api.example.com, http://api.example.com@evil.org/, false",
        "*.example.com, http://a.b.example.com/, true",
        "*.example.com, http://example.com/, false",
        "*.example.com, http://evilexample.com/, false",
        "10.0.0.7:8080, http://10.0.0.7:8080/, true",
        "10.0.0.7:8080, http://10.0.0.7/, false",
        "10.0.0.7:80, http://10.0.0.7/, true",
        "10.0.0.7:443, https://10.0.0.7/, true",
        "[::1]:8080, http://[::1]:8080/, true",
        "[::1]:8080, http://[::2]:8080/, false",
        "169.254.169.254, http://169.254.169.254/, true"
    })
    void aListAllowsWhatItNamesAndNothingElse(String pattern, String uri, boolean allowed) {
        HttpHosts hosts = HttpHosts.only(List.of("localhost:1", pattern));
        assertThat(allows(hosts, uri)).isEqualTo(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://169.254.169.254/latest",
                "http://169.254.0.1:8080/",
                "http://2852039166/",
                "http://[fe80::1]/",
                "http://[febf::1]/",
                "http://[::ffff:169.254.169.254]/",
                "http://[::169.254.169.254]/",
                "http://[64:ff9b::a9fe:a9fe]/"
            })
    void withoutAListLinkLocalAddressesAreRefusedInWhateverForm(String uri) {
        assertThat(HttpHosts.BUT_LINK_LOCAL.refusal(URI.create(uri)))
                .hasValueSatisfying(why -> assertThat(why).contains("link-local", "--http-hosts"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/",
                "http://169.253.255.255/",
                "http://[::1]/",
                "http://[fec0::1]/",
                "http://[2001:db8::a9fe:a9fe]/"
            })
    void withoutAListOthersAreAllowed(String uri) {
        assertThat(allows(HttpHosts.BUT_LINK_LOCAL, uri)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "*.",
                "a b",
                "http://a",
                "a/b",
                "a:0",
                "a:65536",
                "a:",
                "::1",
                "*a.com",
                "a.*.com",
                "u@a"
            })
    void whatIsNoHostIsRefusedByName(String pattern) {
        assertThatThrownBy(() -> HttpHosts.only(List.of("fine", pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + pattern + "'")
                .hasMessageContaining("*.example.com");
    }

    @Test
    void aListNamesOneAtLeast() {
        assertThatThrownBy(() -> HttpHosts.only(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.Map;
import org.apache.zookeeper.ZooDefs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    private static Settings read(String uri) {
        return Settings.of(BackendConfig.parse(uri, Map.of(), "holder", TimeSource.SYSTEM));
    }

    @Test
    void defaults() {
        Settings settings = read("zookeeper://a:1,b");
        assertThat(settings.connectString()).isEqualTo("a:1,b:2181");
        assertThat(settings.base()).isEqualTo("/fencepost");
        assertThat(settings.createBase()).isTrue();
        assertThat(settings.fair()).isFalse();
        assertThat(settings.sessionTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.operationTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(settings.acl()).isEqualTo(ZooDefs.Ids.OPEN_ACL_UNSAFE);
        assertThat(settings.digest()).isEmpty();
    }

    @Test
    void credentialsMakeZnodesTheirOwnersAndStayOutOfMessages() {
        Settings settings = read("zookeeper://joe:se%3Acret@a:1/x/y/");
        assertThat(settings.base()).isEqualTo("/x/y");
        assertThat(settings.digest()).contains("joe:se:cret".getBytes(UTF_8));
        assertThat(settings.acl()).isEqualTo(ZooDefs.Ids.CREATOR_ALL_ACL);
        assertThat(settings.userText()).isEqualTo("user 'joe'");
        assertThat(settings.toString()).isEqualTo("zookeeper://a:1/x/y");
        assertThat(read("zookeeper://joe@a:1/x?password=s&acl=open").acl()).isEqualTo(ZooDefs.Ids.OPEN_ACL_UNSAFE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "zookeeper:///x; names no server",
                "zookeeper://a:1/x//y; /x//y",
                "zookeeper://a:1/x/../y; /x/../y",
                "zookeeper://a:1/zookeeper; reserved",
                "zookeeper://a:1/x?sessionTimeout=999ms; PT1S to PT10M",
                "zookeeper://a:1/x?operationTimeout=soon; soon",
                "zookeeper://a:1/x?connectTimeout=1h; 1h",
                "zookeeper://a:1/x?acl=world; open, creator",
                "zookeeper://a:1/x?acl=creator; a user and a password",
                "zookeeper://a:1/x?createBase=yes; true or false",
                "zookeeper://a:1/x?fair=perhaps; true or false",
                "zookeeper://a:1/x?sesionTimeout=3s; sesionTimeout",
                "zookeeper://joe@a:1/x; go together",
                "zookeeper://a:1/x?password=s; go together",
                "zookeeper://joe:s@a:1/x?password=s; not in both",
                "zookeeper://jo%3Ae:s@a:1/x; colon"
            })
    void refusalsNameTheValueAndWhatIsAllowed(String uri, String named) {
        assertThatThrownBy(() -> read(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }
}

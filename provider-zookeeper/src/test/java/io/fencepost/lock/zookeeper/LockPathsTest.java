package io.fencepost.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.zookeeper.common.PathUtils;
import org.junit.jupiter.api.Test;

class LockPathsTest {
    private final LockPaths paths = new LockPaths("/base");

    @Test
    void differentNamesHaveDifferentValidPathsOfOneSegment() {
        List<String> names = List.of(
                "a",
                "A",
                "a/b",
                "a%2Fb",
                "a%2fb",
                "a b",
                "a+b",
                ".",
                "..",
                "...",
                ".grants",
                ".queues",
                "/",
                "//",
                "%",
                "%%",
                "\u0000",
                "\n",
                "ä",
                "a\u0308",
                "🔒",
                "\uFFF0",
                "zookeeper",
                "x".repeat(512),
                "é".repeat(256));
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            String path = paths.lock(name);
            assertThatCode(() -> PathUtils.validatePath(path)).as(name).doesNotThrowAnyException();
            assertThat(path.substring("/base/".length()))
                    .as(name)
                    .doesNotContain("/")
                    .isNotEmpty();
            assertThat(seen.add(path)).as(name).isTrue();
        }
        assertThat(seen).doesNotContain(paths.grants(), paths.queues());
    }

    @Test
    void plainNamesStayReadable() {
        assertThat(paths.lock("orders-42_v1.2:x@y")).isEqualTo("/base/orders-42_v1.2:x@y");
        assertThat(paths.lock("orders/42")).isEqualTo("/base/orders%2F42");
        assertThat(paths.lock(".hidden")).isEqualTo("/base/%2Ehidden");
    }

    @Test
    void everyAttemptHasItsOwnGrant() {
        UUID id = UUID.randomUUID();
        assertThat(paths.grant(new GrantName(id, 3))).isEqualTo("/base/.grants/" + id);
        assertThat(paths.grant(new GrantName(UUID.randomUUID(), 3))).isNotEqualTo("/base/.grants/" + id);
    }
}

package io.fencepost.lock.zookeeper;

import io.fencepost.infra.Clusters;
import io.fencepost.tck.LockProviderTck;
import io.fencepost.tck.MalformedUri;
import io.fencepost.tck.ProviderFixture;
import io.fencepost.tck.UriFixture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

class ZooKeeperTckIT extends LockProviderTck {
    @Override
    protected ProviderFixture fixture() {
        String servers = String.join(",", Clusters.zookeeper().addresses());
        return new UriFixture("zookeeper", "zookeeper://" + servers + "/tck", Duration.ofSeconds(1)) {
            @Override
            public Optional<String> uriTo(String address) {
                return Optional.of("zookeeper://" + address + "/tck?connectTimeout=2s");
            }

            @Override
            public Duration connectTimeout() {
                return Duration.ofSeconds(2);
            }

            @Override
            public List<MalformedUri> malformedUris() {
                String any = "zookeeper://127.0.0.1:1";
                return List.of(
                        MalformedUri.of(any + "/a//b", "/a//b"),
                        MalformedUri.of(any + "/zookeeper/quota", "/zookeeper/quota"),
                        MalformedUri.of(any + "/a?sessionTimeout=10ms", "sessionTimeout", "10ms", "PT1S"),
                        MalformedUri.of(any + "/a?acl=all", "acl", "all", "open, creator"),
                        MalformedUri.of(any + "/a?acl=creator", "acl", "creator", "user"),
                        MalformedUri.of("zookeeper://joe@127.0.0.1:1/a", "user", "password"));
            }
        };
    }
}

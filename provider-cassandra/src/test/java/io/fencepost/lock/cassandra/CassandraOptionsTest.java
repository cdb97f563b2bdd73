package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.BackendConfig.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraOptionsTest {
    private static CassandraOptions read(String uri) {
        return CassandraOptions.read(BackendConfig.parse(uri, Map.of(), "me", TimeSource.SYSTEM));
    }

    @Test
    void hasDefaults() {
        CassandraOptions options = read("cassandra://a,b:9043/locks");

        assertThat(options.addresses()).containsExactly(new Address("a", 9042), new Address("b", 9043));
        assertThat(options.qualifiedTable()).isEqualTo("\"locks\".\"locks\"");
        assertThat(options.localDatacenter()).isEmpty();
        assertThat(options.credentials()).isEmpty();
        assertThat(options.tls()).isEmpty();
        assertThat(options.consistency()).isEqualTo(Consistency.SERIAL);
        assertThat(options.expiry()).isEqualTo(Expiry.TTL);
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.operationTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.createSchema()).isFalse();
        assertThat(options.replicationFactor()).isEqualTo(3);
        assertThat(options.addressMap().reachedAt()).isEmpty();
    }

    @Test
    void readsEverythingElse() {
        CassandraOptions options = read("cassandra://u:p%40ss@a/Ks_1?table=t&localDatacenter=dc2&operationTimeout=800ms"
                + "&connectTimeout=PT7S&createSchema=true&replicationFactor=1&expiry=observed");

        assertThat(options.qualifiedTable()).isEqualTo("\"Ks_1\".\"t\"");
        assertThat(options.localDatacenter()).contains("dc2");
        assertThat(options.expiry()).isEqualTo(Expiry.OBSERVED);
        assertThat(options.credentials()).contains(new CassandraOptions.Credentials("u", "p@ss"));
        assertThat(options.toString()).doesNotContain("p@ss");
        assertThat(options.operationTimeout()).isEqualTo(Duration.ofMillis(800));
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(7));
        assertThat(options.createSchema()).isTrue();
        assertThat(options.replicationFactor()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'',SERIAL",
        "?consistency=quorum,SERIAL",
        "?consistency=local-quorum,LOCAL_SERIAL",
        "?serialConsistency=local-serial,LOCAL_SERIAL",
        "?serialConsistency=serial&consistency=quorum,SERIAL",
        "?serialConsistency=local-serial&consistency=local-quorum,LOCAL_SERIAL",
    })
    void eitherConsistencyImpliesTheOther(String query, Consistency expected) {
        assertThat(read("cassandra://a/locks" + query).consistency()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "cassandra://a,names the keyspace",
        "cassandra://a/,names the keyspace",
        "cassandra://a/k/x,'k/x'",
        "cassandra://a/locks?table=a-b,option 'table' is 'a-b'",
        "cassandra://a/locks?localDatacenter=,localDatacenter",
        "cassandra://a/locks?operationTimeout=199ms,operationTimeout",
        "cassandra://a/locks?connectTimeout=6m,connectTimeout",
        "cassandra://a/locks?replicationFactor=3,createSchema=true",
        "cassandra://a/locks?createSchema=true&replicationFactor=0,from 1 to 99",
        "cassandra://a/locks?serialConsistency=serial&consistency=local-quorum,quorum with serialConsistency=serial",
        "cassandra://a/locks?serialConsistency=local-serial&consistency=quorum,local-quorum with",
        "cassandra://a/locks?consistency=one,'quorum, local-quorum'",
        "cassandra://a/locks?trustStore=x,tls=true",
        "cassandra://a/locks?tls=true&trustStore=/no/such/file,readable key store file",
        "cassandra://a/locks?tls=true&trustStorePassword=x,only with 'trustStore'",
        "cassandra://user@a/locks,user and password go together",
        "cassandra://a/locks?password=secret,user and password go together",
        "cassandra://u:p@a/locks?user=u,given twice",
        "cassandra://a/locks?expiry=OBSERVED,'ttl, observed'",
        "cassandra://a/locks?expires=observed,unknown option 'expires'",
    })
    void refusesAndSaysWhatIsAllowed(String uri, String said) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(uri))
                .withMessageContaining(said)
                .withMessageNotContaining("secret");
    }

    @Test
    void readsTls(@TempDir Path folder) throws IOException {
        Path store = Files.createFile(folder.resolve("trust.p12"));

        CassandraOptions options =
                read("cassandra://a/locks?tls=true&verifyHostName=false&trustStorePassword=secret&trustStore=" + store);

        assertThat(options.tls()).hasValueSatisfying(tls -> {
            assertThat(tls.verifyHostName()).isFalse();
            assertThat(tls.keyStore()).isEmpty();
            assertThat(tls.trustStore()).hasValueSatisfying(trust -> {
                assertThat(trust.file()).isEqualTo(store);
                assertThat(trust.password()).contains("secret");
            });
        });
        assertThat(options.toString()).doesNotContain("secret");
    }
}

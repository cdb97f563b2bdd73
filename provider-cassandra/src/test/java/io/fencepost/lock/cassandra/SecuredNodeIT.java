package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fencepost.infra.Cluster;
import io.fencepost.infra.ClusterKind;
import io.fencepost.infra.ClusterSpec;
import io.fencepost.infra.Clusters;
import io.fencepost.infra.FaultyLinks;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.AttemptOutcome.Indeterminate;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One node that asks for a password, alone so that all its connections can be led through a relay. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecuredNodeIT {
    private static final String STORE_PASSWORD = "changeit";
    private Cluster node;

    @BeforeAll
    void start() {
        node = Clusters.start(ClusterSpec.of(ClusterKind.CASSANDRA).withNodes(1).withPassword("cassandra"));
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private String uri(String address) {
        return TestCluster.uri(List.of(address), "secured") + "&createSchema=true&replicationFactor=1";
    }

    private static LockBackend open(String uri, String password) {
        return new CassandraLockProvider()
                .open(BackendConfig.parse(
                        uri, Map.of("user", "cassandra", "password", password), "it", TimeSource.SYSTEM));
    }

    private String address() {
        return node.addresses().get(0);
    }

    @Test
    void saysThatThePasswordIsWrong() {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> open(uri(address()), "not-this").close())
                .withMessageContaining(address())
                .withMessageContaining("user 'cassandra'")
                .withMessageNotContaining("not-this");
    }

    @Test
    void asksForThePasswordThatIsMissing() {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> TestCluster.open(uri(address())).close())
                .withMessageContaining(address())
                .withMessageContaining("user:password@");
    }

    @Test
    void aLostAnswerIsFoundOutOrCleanedUp() {
        try (FaultyLinks links = FaultyLinks.to(node.addresses());
                LockBackend backend = open(uri(links.addresses().get(0)), "cassandra");
                LockBackend witness = open(uri(address()), "cassandra")) {
            String name = TestCluster.freshName();
            links.holdAnswers();
            AttemptOutcome outcome = TestStages.await(backend.attempt(TestCluster.request(name)));
            assertThat(outcome).isInstanceOf(Indeterminate.class);
            assertThat(TestStages.await(witness.inspect(name)))
                    .as("applied although not answered")
                    .isPresent();
            links.drop();

            // long before the lease's TTL
            Awaitility.await()
                    .atMost(TestCluster.TTL.minusSeconds(1))
                    .until(() -> TestStages.await(witness.inspect(name)).isEmpty());
            Awaitility.await()
                    .atMost(TestCluster.PATIENCE)
                    .until(
                            () -> TestStages.await(backend.attempt(TestCluster.request(name))),
                            Acquired.class::isInstance);
        }
    }

    @Test
    void aCutConnectionIsSettledWithinTheOperation() {
        try (FaultyLinks links = FaultyLinks.to(node.addresses());
                LockBackend backend = open(uri(links.addresses().get(0)), "cassandra")) {
            String name = TestCluster.freshName();
            long resets = links.resets();
            links.loseNextAnswer();
            AttemptOutcome outcome = TestStages.await(backend.attempt(TestCluster.request(name)));

            assertThat(outcome).isInstanceOf(Acquired.class);
            assertThat(((Acquired) outcome).grant().token().value()).isEqualTo(1);
            assertThat(links.resets()).as("connections that were reset").isGreaterThan(resets);
        }
    }

    @Test
    void aHandoffWithoutAnAnswerLeavesNeitherLeaseBehind() {
        try (FaultyLinks links = FaultyLinks.to(node.addresses());
                LockBackend backend = open(uri(links.addresses().get(0)), "cassandra");
                LockBackend witness = open(uri(address()), "cassandra")) {
            String name = TestCluster.freshName();
            Grant first = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
            links.holdAnswers();
            HandoffOutcome outcome = TestStages.await(backend.handOff(first, TestCluster.request(name)));
            assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Indeterminate.class);
            assertThat(outcome.attempted()).isInstanceOf(Indeterminate.class);
            assertThat(TestStages.await(witness.inspect(name)))
                    .as("applied although not answered")
                    .hasValueSatisfying(state -> assertThat(state.token()).isGreaterThan(first.token()));
            links.drop();

            // long before the lease's TTL
            Awaitility.await()
                    .atMost(TestCluster.TTL.minusSeconds(1))
                    .until(() -> TestStages.await(witness.inspect(name)).isEmpty());
        }
    }

    @Test
    void aHandoffWhoseConnectionIsCutIsSettledWithinTheOperation() {
        try (FaultyLinks links = FaultyLinks.to(node.addresses());
                LockBackend backend = open(uri(links.addresses().get(0)), "cassandra")) {
            String name = TestCluster.freshName();
            Grant first = ((Acquired) TestStages.await(backend.attempt(TestCluster.request(name)))).grant();
            long resets = links.resets();
            links.loseNextAnswer();
            HandoffOutcome outcome = TestStages.await(backend.handOff(first, TestCluster.request(name)));

            assertThat(outcome.released()).isInstanceOf(ReleaseOutcome.Released.class);
            assertThat(outcome.attempted()).isInstanceOf(Acquired.class);
            assertThat(((Acquired) outcome.attempted()).grant().token().value()).isEqualTo(2);
            assertThat(links.resets()).as("connections that were reset").isGreaterThan(resets);
        }
    }

    @Test
    void encryptsForServersThatAreTrusted(@TempDir Path folder) throws Exception {
        Path store = folder.resolve("server.p12");
        SSLContext server = selfSigned(store);
        InetSocketAddress target = node.nodes().get(0).address();
        try (TlsRelay relay = new TlsRelay(target, server.getServerSocketFactory())) {
            String uri = uri(relay.address()) + "&tls=true";

            assertThatExceptionOfType(LockUnavailableException.class)
                    .as("an unknown certificate")
                    .isThrownBy(() -> open(uri, "cassandra").close())
                    .withMessageContaining(relay.address())
                    .withMessageContaining("trustStore");

            String trusting = uri + "&trustStorePassword=" + STORE_PASSWORD + "&trustStore=" + store;
            try (LockBackend backend = open(trusting, "cassandra")) {
                assertThat(TestStages.await(backend.attempt(TestCluster.request(TestCluster.freshName()))))
                        .isInstanceOf(Acquired.class);
            }
        }
    }

    /** Writes a key store with a certificate for this machine, by the tool of the JDK, and opens it. */
    private static SSLContext selfSigned(Path store) throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=127.0.0.1",
                        "-ext",
                        "san=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        STORE_PASSWORD,
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }
}

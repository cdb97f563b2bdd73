package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.spi.AttemptOutcome.Acquired;
import io.fencepost.lock.spi.LockBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What an operator is told, and that nothing is left running. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenFailuresIT {
    private static final String THREADS = "fencepost-cassandra-";
    private static final int CLIENTS = 4;
    private CqlSession session;

    @BeforeAll
    void connect() {
        TestCluster.open(TestCluster.uri()).close();
        session = TestCluster.session(TestCluster.get().addresses());
    }

    @AfterAll
    void disconnect() {
        session.close();
    }

    @AfterEach
    void nothingIsLeftRunning() {
        await().atMost(TestCluster.PATIENCE)
                .untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith(THREADS))
                .toList();
    }

    private static void assertUnavailable(String uri, String... said) {
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> TestCluster.open(uri).close())
                .satisfies(e -> assertThat(e.getMessage()).contains(said));
    }

    private static String address() {
        return TestCluster.get().addresses().get(0);
    }

    @Test
    void namesADatacenterThatIsNotThere() {
        assertUnavailable(
                "cassandra://" + address() + "/fencepost_it?connectTimeout=30s&localDatacenter=dc9",
                address(),
                "'dc9'",
                "localDatacenter",
                "[datacenter1]");
    }

    @Test
    void takesTheDatacenterOfTheAddressesWhereNoneIsGiven() {
        String uri = "cassandra://" + String.join(",", TestCluster.get().addresses())
                + "/fencepost_it?connectTimeout=30s&operationTimeout=6s";
        try (LockBackend backend = TestCluster.open(uri)) {
            assertThat(TestStages.await(backend.attempt(TestCluster.request(TestCluster.freshName()))))
                    .isInstanceOf(Acquired.class);
        }
    }

    @Test
    void namesAMissingKeyspace() {
        assertUnavailable(
                TestCluster.uri(List.of(address()), "nowhere"), "keyspace 'nowhere'", address(), "createSchema=true");
    }

    @Test
    void namesAMissingTable() {
        assertUnavailable(
                TestCluster.uri(List.of(address()), TestCluster.KEYSPACE) + "&table=nothing",
                "no table 'nothing'",
                "option table",
                "createSchema=true");
    }

    @Test
    void saysWhatIsWrongWithATableThatHoldsSomethingElse() {
        session.execute("CREATE TABLE IF NOT EXISTS " + TestCluster.KEYSPACE + ".other (name text PRIMARY KEY, x int)");

        assertUnavailable(
                TestCluster.uri(List.of(address()), TestCluster.KEYSPACE) + "&table=other",
                "\"other\" is not a lock table",
                "schema.cql");
    }

    @Test
    void refusesATableOfClientsWithAnotherExpiry() {
        String observed = TestCluster.uri(TestCluster.get().addresses(), Expiry.OBSERVED);
        TestCluster.open(observed).close();
        String ofTtl = TestCluster.uri(List.of(address()), TestCluster.KEYSPACE);
        for (String creating : List.of("", "&createSchema=true")) {
            assertUnavailable(
                    ofTtl + creating + "&table=observed",
                    "\"observed\" is one for expiry=observed",
                    "this client asks for expiry=ttl",
                    "option expiry");
            assertUnavailable(
                    ofTtl + creating + "&expiry=observed",
                    "\"locks\" is one for expiry=ttl",
                    "this client asks for expiry=observed");
        }
    }

    /** Nobody makes a table that serves both by adding what seems to be missing. */
    @Test
    void refusesATableOfClientsWithAnotherExpiryThatWasGivenTheOtherColumns() {
        session.execute("DROP TABLE IF EXISTS " + TestCluster.KEYSPACE + ".altered");
        String uri = TestCluster.uri(List.of(address()), TestCluster.KEYSPACE) + "&createSchema=true&table=altered";
        TestCluster.open(uri).close();
        session.execute(
                "ALTER TABLE " + TestCluster.KEYSPACE + ".altered ADD (lock text, renewals bigint, ttl_millis bigint)");

        assertUnavailable(uri + "&expiry=observed", "\"altered\" is one for expiry=ttl");
        TestCluster.open(uri).close();
    }

    @Test
    void namesAnAddressWhereNothingListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertUnavailable("cassandra://127.0.0.1:" + port + "/locks", "127.0.0.1:" + port, "native_transport_port");
    }

    @Test
    void givesUpOnAnAddressThatNeverAnswers() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String dead = "127.0.0.1:" + mute.getLocalPort();
            long start = System.nanoTime();

            assertUnavailable("cassandra://" + dead + "/locks?connectTimeout=2s", dead, "connectTimeout=PT2S");

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        }
    }

    @Test
    void findsTheLiveAddressBehindADeadOne() throws IOException {
        try (ServerSocket mute = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            String dead = "127.0.0.1:" + mute.getLocalPort();
            try (LockBackend backend =
                    TestCluster.open(TestCluster.uri(List.of(dead, address()), TestCluster.KEYSPACE))) {
                assertThat(TestStages.await(backend.attempt(TestCluster.request(TestCluster.freshName()))))
                        .isInstanceOf(Acquired.class);
            }
        }
    }

    @Test
    void clientsThatCreateTheSchemaTogetherAgree() {
        String uri = TestCluster.uri(TestCluster.get().addresses(), "fencepost_together")
                + "&createSchema=true&replicationFactor=3";
        session.execute("DROP KEYSPACE IF EXISTS fencepost_together");
        String name = TestCluster.freshName();
        List<CompletableFuture<LockBackend>> opening = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> TestCluster.open(uri)))
                .limit(CLIENTS)
                .toList();
        try {
            long acquired = opening.stream()
                    .map(TestStages::await)
                    .map(backend -> TestStages.await(backend.attempt(TestCluster.request(name))))
                    .filter(Acquired.class::isInstance)
                    .count();
            assertThat(acquired).isEqualTo(1);
        } finally {
            opening.forEach(backend -> TestStages.await(backend.handle((opened, failure) -> {
                if (opened != null) {
                    opened.close();
                }
                return true;
            })));
        }
    }
}

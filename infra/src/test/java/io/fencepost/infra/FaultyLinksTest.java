package io.fencepost.infra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FaultyLinksTest {

    private static final Duration PRESENCE = Duration.ofSeconds(30);

    /** How long nothing must come where nothing may. */
    private static final int ABSENCE_MS = 300;

    private static final int MIB = 1 << 20;

    private final EchoServer first = new EchoServer();
    private final EchoServer second = new EchoServer();
    private FaultyLinks links;

    @BeforeEach
    void open() {
        links = FaultyLinks.to(List.of(first.address(), second.address()));
    }

    @AfterEach
    void close() {
        links.close();
        first.close();
        second.close();
    }

    @Test
    void eachServerIsReachedThroughItsOwnAddress() throws IOException {
        assertThat(links.addresses()).hasSize(2).doesNotHaveDuplicates().allMatch(a -> a.startsWith("127.0.0.1:"));
        assertThat(links.links()).extracting(FaultyLink::server).containsExactly(first.address(), second.address());
        try (Socket client = connect(1)) {
            say(client, "hello");
            assertThat(hear(client, 5)).isEqualTo("hello");
        }
        assertThat(first.received()).isZero();
        assertThat(second.received()).isEqualTo(5);
    }

    @Test
    void connectionsAreCountedWhileClientsHaveThem() throws IOException {
        try (Socket one = connect(0);
                Socket two = connect(1)) {
            confirm(one);
            confirm(two);
            assertThat(links.connections()).isEqualTo(2);
            assertThat(links.links().get(0).connections()).isEqualTo(1);
        }
        await().atMost(PRESENCE).until(() -> links.connections() == 0);
        await().atMost(PRESENCE).until(() -> first.connections() + second.connections() == 0);
        assertThat(links.resets()).isZero();
    }

    @Test
    void aCutResetsAndRefusesUntilHealed() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);

            links.cut();

            assertThat(links.connections()).isZero();
            assertThat(links.resets()).isEqualTo(1);
            assertReset(client);
        }
        await().atMost(PRESENCE).until(() -> first.connections() == 0);
        assertRefused(0);
        assertRefused(1);
        assertThat(links.resets()).isEqualTo(3);
        List<String> before = links.addresses();

        links.heal();

        assertThat(links.addresses()).isEqualTo(before);
        try (Socket client = connect(0)) {
            confirm(client);
        }
    }

    @Test
    void aFrozenLinkHoldsBothWaysAndServesNewClientsOnlyWhenHealed() throws IOException {
        try (Socket old = connect(0)) {
            confirm(old);
            links.freeze();
            try (Socket young = connect(0)) {
                say(old, "old");
                say(young, "young");
                await().atMost(PRESENCE).until(() -> links.heldBytes() == 8);
                assertSilent(old);
                assertThat(first.received()).isEqualTo(1);
                assertThat(first.connections()).isEqualTo(1);
                assertThat(links.connections()).isEqualTo(2);

                links.heal();

                assertThat(hear(old, 3)).isEqualTo("old");
                assertThat(hear(young, 5)).isEqualTo("young");
                assertThat(links.heldBytes()).isZero();
            }
        }
    }

    @Test
    void heldRequestsReachTheServerInOrderWhenHealed() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.holdRequests();
            String said = sayNumbers(client, 500);
            await().atMost(PRESENCE).until(() -> links.heldBytes() == said.length());
            assertSilent(client);
            assertThat(first.received()).isEqualTo(1);

            links.heal();

            assertThat(hear(client, said.length())).isEqualTo(said);
        }
    }

    @Test
    void heldAnswersAreThoseOfRequestsThatWereServed() throws IOException {
        try (Socket client = connect(0)) {
            links.holdAnswers();
            String said = sayNumbers(client, 500);
            await().atMost(PRESENCE).until(() -> first.received() == said.length());
            await().atMost(PRESENCE).until(() -> links.heldBytes() == said.length());
            assertSilent(client);

            links.heal();

            assertThat(hear(client, said.length())).isEqualTo(said);
        }
    }

    @Test
    void changingTheDirectionHeldDeliversWhatPassesNow() throws IOException {
        try (Socket client = connect(0)) {
            links.holdRequests();
            say(client, "later");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 5);

            links.holdAnswers();

            await().atMost(PRESENCE).until(() -> first.received() == 5 && links.heldBytes() == 5);
            assertSilent(client);
            links.heal();
            assertThat(hear(client, 5)).isEqualTo("later");
        }
    }

    @Test
    void aDelayHoldsEachPieceThatLongAndKeepsTheOrder() throws IOException {
        Duration requests = Duration.ofMillis(150);
        Duration answers = Duration.ofMillis(100);
        try (Socket client = connect(0)) {
            confirm(client);
            links.delay(requests, answers);
            long begin = System.nanoTime();
            String said = sayNumbers(client, 100);

            assertThat(hear(client, said.length())).isEqualTo(said);

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(requests.plus(answers));
        }
    }

    @Test
    void whatIsDelayedIsDeliveredAtOnceWhenHealed() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.delay(Duration.ofHours(1), Duration.ZERO);
            String said = sayNumbers(client, 100);
            await().atMost(PRESENCE).until(() -> links.heldBytes() == said.length());

            links.heal();

            assertThat(hear(client, said.length())).isEqualTo(said);
        }
    }

    @Test
    void dropLosesTheAnswerToARequestThatWasServed() throws IOException {
        try (Socket client = connect(0)) {
            links.holdAnswers();
            say(client, "applied");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 7);

            links.drop();

            assertThat(first.received()).isEqualTo(7);
            assertThat(links.heldBytes()).isZero();
            assertReset(client);
        }
        try (Socket client = connect(0)) {
            confirm(client);
        }
    }

    @Test
    void dropLosesRequestsThatWereNotServed() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.holdRequests();
            say(client, "never");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 5);

            links.drop();

            assertReset(client);
        }
        await().atMost(PRESENCE).until(() -> first.connections() == 0);
        assertThat(first.received()).isEqualTo(1);
    }

    @Test
    void theNextAnswerIsLostOnceOnEachLink() throws IOException {
        links.loseNextAnswer();
        for (int server = 0; server < 2; server++) {
            try (Socket client = connect(server)) {
                say(client, "applied");
                assertReset(client);
            }
            try (Socket client = connect(server)) {
                confirm(client);
            }
        }
        assertThat(first.received()).isEqualTo(8);
        assertThat(second.received()).isEqualTo(8);
        assertThat(links.resets()).isEqualTo(2);
    }

    @Test
    void oneLinkIsDisturbedAloneUntilAllAreHealed() throws IOException {
        try (Socket ill = connect(0);
                Socket well = connect(1)) {
            links.links().get(0).freeze();
            say(ill, "a");
            confirm(well);
            await().atMost(PRESENCE).until(() -> links.links().get(0).heldBytes() == 1);
            assertThat(links.links().get(1).heldBytes()).isZero();
            assertThat(links.heldBytes()).isEqualTo(1);

            links.heal();

            assertThat(hear(ill, 1)).isEqualTo("a");
        }
    }

    @Test
    void aClientThatHasSaidAllStillHearsTheAnswer() throws IOException {
        try (Socket client = connect(0)) {
            links.holdRequests();
            say(client, "all");
            client.shutdownOutput();
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 3);
            links.heal();

            assertThat(hear(client, 3)).isEqualTo("all");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().atMost(PRESENCE).until(() -> links.connections() == 0);
    }

    @Test
    void theEndOfAServerEndsTheConnectionsOfItsClients() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);

            first.close();

            assertGone(client);
        }
        try (Socket late = connect(0)) {
            assertReset(late);
        }
        await().atMost(PRESENCE).until(() -> links.connections() == 0);
        assertThat(links.resets()).isZero();
    }

    @Test
    void aServerThatResetsIsAResetForItsClientWhateverIsHeld() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.holdRequests();
            say(client, "too late");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 8);

            first.reset();

            assertReset(client);
        }
        assertThat(links.heldBytes()).isZero();
        assertThat(links.connections()).isZero();
    }

    @Test
    void theEndOfAServerIsHeldLikeItsAnswers() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.holdAnswers();
            say(client, "last words");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 10);
            first.close();
            assertSilent(client);

            links.heal();

            assertThat(hear(client, 10)).isEqualTo("last words");
            assertGone(client);
        }
    }

    @Test
    void aClientThatIsGoneIsStillOpenToTheServerWhileFrozen() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.freeze();
            say(client, "farewell");
            client.setSoLinger(true, 0);
        }
        await().atMost(PRESENCE).until(() -> links.connections() == 0);
        assertThat(first.connections()).isEqualTo(1);
        assertThat(links.heldBytes()).isEqualTo(8);

        links.heal();

        await().atMost(PRESENCE).until(() -> first.connections() == 0);
        assertThat(first.received()).isEqualTo(9);
        assertThat(links.heldBytes()).isZero();
    }

    @Test
    void nothingIsKeptOfAConnectionWhoseBothEndsAreGoneWhileFrozen() throws IOException {
        try (Socket client = connect(0)) {
            confirm(client);
            links.freeze();
            say(client, "in vain");
            await().atMost(PRESENCE).until(() -> links.heldBytes() == 7);
            client.setSoLinger(true, 0);
        }
        await().atMost(PRESENCE).until(() -> links.connections() == 0);
        assertThat(links.heldBytes()).isEqualTo(7);

        first.reset();

        await().atMost(PRESENCE).until(() -> links.heldBytes() == 0);
    }

    @Test
    void heldBytesAreBoundedAndTheRestWaitsAtTheClient() throws Exception {
        try (Socket client = connect(0)) {
            confirm(client);
            links.holdRequests();
            Flood flood = Flood.into(client);
            await().atMost(PRESENCE).until(() -> links.heldBytes() >= 4 * MIB);
            flood.awaitStandstill();
            assertThat(links.heldBytes()).isLessThan(6L * MIB);

            links.heal();

            flood.stopAndReadBack(client);
        }
    }

    @Test
    void aSlowReaderSlowsItsServerAndNothingIsLost() throws Exception {
        try (Socket client = connect(0)) {
            Flood flood = Flood.into(client);
            // nobody reads the echoes: they fill every buffer on the way back to the writer
            flood.awaitStandstill();
            assertThat(first.received()).isPositive();

            flood.stopAndReadBack(client);
        }
    }

    @Test
    void closingResetsAndLeavesNeitherThreadNorListener() throws IOException {
        FaultyLinks own = FaultyLinks.to(List.of(first.address()));
        String address = own.addresses().get(0);
        List<Thread> before = linkThreads();
        try (Socket client = connect(address)) {
            confirm(client);
            own.freeze();
            say(client, "held");

            own.close();
            own.close();

            assertReset(client);
        }
        assertThatExceptionOfType(java.net.ConnectException.class).isThrownBy(() -> connect(address));
        assertThat(linkThreads()).hasSize(before.size() - 1);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("globalEventExecutor"));
        assertThatIllegalStateException().isThrownBy(own::heal).withMessageContaining("closed");
    }

    @Test
    void malformedAddressesAreRefusedWithTheirValue() {
        for (String bad : List.of("", "9042", "127.0.0.1", "127.0.0.1:", ":9042", "127.0.0.1:x", "::1:9042")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FaultyLinks.to(List.of(first.address(), bad)))
                    .withMessageContaining("'" + bad + "'");
        }
        for (String bad : List.of("127.0.0.1:0", "127.0.0.1:65536")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> FaultyLinks.to(List.of(bad)))
                    .withMessageContaining("the port of '" + bad + "'");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> FaultyLinks.to(List.of()));
        assertThat(linkThreads()).hasSize(1);
    }

    @Test
    void delaysOutOfRangeAreRefusedWithTheirValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> links.delay(Duration.ofMillis(-1), Duration.ZERO))
                .withMessageContaining("requests = PT-0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> links.delay(Duration.ZERO, Duration.ofDays(2)))
                .withMessageContaining("answers = PT48H");
    }

    private Socket connect(int server) throws IOException {
        return connect(links.addresses().get(server));
    }

    private static Socket connect(String address) throws IOException {
        int colon = address.indexOf(':');
        Socket socket = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) PRESENCE.toMillis());
        return socket;
    }

    /** One byte there and back, after which the connection is known to the server. */
    private static void confirm(Socket client) throws IOException {
        say(client, "?");
        assertThat(hear(client, 1)).isEqualTo("?");
    }

    private static void say(Socket client, String words) throws IOException {
        client.getOutputStream().write(words.getBytes(StandardCharsets.US_ASCII));
    }

    private static String sayNumbers(Socket client, int count) throws IOException {
        StringBuilder said = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String word = i + ",";
            said.append(word);
            say(client, word);
        }
        return said.toString();
    }

    private static String hear(Socket client, int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static void assertSilent(Socket client) throws IOException {
        client.setSoTimeout(ABSENCE_MS);
        assertThatExceptionOfType(SocketTimeoutException.class)
                .isThrownBy(() -> client.getInputStream().read());
        client.setSoTimeout((int) PRESENCE.toMillis());
    }

    private static void assertReset(Socket client) {
        assertThatExceptionOfType(java.net.SocketException.class)
                .isThrownBy(() -> client.getInputStream().read())
                .withMessageContaining("reset");
    }

    /** A reset may come with the connect already. */
    private void assertRefused(int server) {
        assertThatExceptionOfType(java.net.SocketException.class).isThrownBy(() -> {
            try (Socket client = connect(server)) {
                client.getInputStream().read();
            }
        });
    }

    /** The connection has ended, orderly or not, which depends on what the server left unread. */
    private static void assertGone(Socket client) {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<Thread> linkThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fencepost-infra-links"))
                .toList();
    }
}

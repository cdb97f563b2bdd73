package io.fencepost.lock.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.cassandra.LockTable.Answer;
import io.fencepost.lock.cassandra.LockTable.Look;
import io.fencepost.lock.spi.BackendConfig;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the model of the table is taken for, by the statements themselves: the conditions of {@code expiry=observed}, and what a refusal tells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObservedLeasesIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration TTL = Duration.ofSeconds(10);
    private static final String TABLE = TestCluster.KEYSPACE + ".observed";

    private final UUID owner = UUID.randomUUID();
    private final UUID contender = UUID.randomUUID();
    private LockSession client;
    private CqlSession session;

    @BeforeAll
    void connect() {
        String uri = TestCluster.uri(TestCluster.get().addresses(), Expiry.OBSERVED);
        client = new SessionOpener(CassandraOptions.read(BackendConfig.parse(uri, Map.of(), "it", TimeSource.SYSTEM)))
                .open();
        session = TestCluster.session(TestCluster.get().addresses());
    }

    @AfterAll
    void disconnect() {
        client.disconnect().run();
        session.close();
    }

    private static Claim claim(String name, UUID attempt, long token, long renewals, Duration ttl) {
        return new Claim(name, attempt, token, renewals, ttl, "holder of " + token, Map.of("pid", "1"));
    }

    private CompletionStage<Answer> renew(Claim claim) {
        return client.table().renew(claim, LIMIT, Deadline.in(LIMIT), Deadline.in(LIMIT));
    }

    private static void assertApplied(CompletionStage<Answer> answer) {
        assertThat(TestStages.await(answer)).isEqualTo(new Answer.Applied());
    }

    private static void assertRefused(CompletionStage<Answer> answer, long fence, Term term) {
        assertThat(TestStages.await(answer))
                .isEqualTo(new Answer.Refused(fence, term.owner(), "holder of " + fence, term));
    }

    /** Held by {@link #owner} with token 1. */
    private String held() {
        String name = TestCluster.freshName();
        assertApplied(client.table().acquire(claim(name, owner, 1, 0, TTL), null, LIMIT));
        return name;
    }

    private Look.Seen seen(String name) {
        Look peeked = TestStages.await(client.table().peek(name, LIMIT));
        Look.Seen read = (Look.Seen) TestStages.await(client.table().read(name, LIMIT));
        assertThat(peeked)
                .usingRecursiveComparison()
                .ignoringFields("ownerFence", "metadata")
                .isEqualTo(read);
        return read;
    }

    @Test
    void aRefusalTellsTheTermOfTheHolder() {
        String name = held();
        Term term = new Term(owner, 0, TTL);
        assertRefused(client.table().acquire(claim(name, contender, 1, 0, TTL), null, LIMIT), 1, term);
        assertRefused(client.table().acquire(claim(name, contender, 2, 0, TTL), 1L, LIMIT), 1, term);
        assertRefused(client.table().raise(name, 7L, 8, contender, LIMIT), 1, term);
        assertRefused(client.table().raise(name, 1L, 2, owner, LIMIT), 1, term);
        assertThat(seen(name))
                .isEqualTo(new Look.Seen(1L, owner, 1L, "holder of 1", Map.of("pid", "1"), Optional.empty(), term));

        String unused = TestCluster.freshName();
        assertThat(TestStages.await(client.table().acquire(claim(unused, owner, 5, 0, TTL), 4L, LIMIT)))
                .isEqualTo(new Answer.Refused(null, null, null, null));
        assertThat(TestStages.await(renew(claim(unused, owner, 5, 1, TTL))))
                .isEqualTo(new Answer.Refused(null, null, null, null));
    }

    @Test
    void nothingHasATtl() {
        String name = held();
        assertApplied(renew(claim(name, owner, 1, 1, TTL)));
        Row row = Objects.requireNonNull(session.execute(
                        "SELECT TTL(fence), TTL(owner), TTL(owner_fence), TTL(renewals), TTL(ttl_millis), TTL(holder),"
                                + " TTL(metadata) FROM " + TABLE + " WHERE lock = ?",
                        name)
                .one());
        for (int column = 0; column < row.size(); column++) {
            assertThat(row.isNull(column))
                    .as("no %s", row.getColumnDefinitions().get(column).getName())
                    .isTrue();
        }
    }

    @Test
    void takingOverNeedsTheVeryTermAndTheFence() {
        String name = held();
        assertApplied(renew(claim(name, owner, 1, 3, TTL)));
        Term term = new Term(owner, 3, TTL);
        Claim claim = claim(name, contender, 2, 0, TTL);
        LockTable table = client.table();
        for (Term other : new Term[] {new Term(owner, 2, TTL), new Term(owner, 4, TTL), new Term(contender, 3, TTL)}) {
            TestStages.await(table.takeOver(claim, 1L, other, LIMIT));
            assertThat(seen(name).term()).as("after a takeover from %s", other).isEqualTo(term);
        }
        assertThat(TestStages.await(table.takeOver(claim, 0L, term, LIMIT))).isInstanceOf(Answer.Refused.class);

        assertApplied(table.takeOver(claim, 1L, term, LIMIT));

        assertThat(seen(name))
                .isEqualTo(new Look.Seen(
                        2L,
                        contender,
                        2L,
                        "holder of 2",
                        Map.of("pid", "1"),
                        Optional.empty(),
                        new Term(contender, 0, TTL)));
        assertThat(TestStages.await(renew(claim(name, owner, 1, 4, TTL)))).isInstanceOf(Answer.Refused.class);
        assertThat(TestStages.await(table.release(name, owner, LIMIT))).isInstanceOf(Answer.Refused.class);
        assertThat(seen(name).owner()).isEqualTo(contender);
    }

    @Test
    void anEarlierRenewalBringsNothingBack() {
        String name = held();
        assertApplied(renew(claim(name, owner, 1, 2, TTL.multipliedBy(2))));
        for (long earlier : new long[] {1, 2}) {
            Answer answer = TestStages.await(renew(claim(name, owner, 1, earlier, TTL)));
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.owner()).isEqualTo(owner));
        }
        assertThat(seen(name).term()).isEqualTo(new Term(owner, 2, TTL.multipliedBy(2)));
    }

    @Test
    void aReleaseLeavesFenceAndTraceAndAnEvictionTheFence() {
        String name = held();
        assertApplied(client.table().release(name, owner, LIMIT));
        assertThat(seen(name)).isEqualTo(new Look.Seen(1L, null, 1L, null, Map.of(), Optional.empty(), null));

        assertApplied(client.table().acquire(claim(name, contender, 2, 0, TTL), 1L, LIMIT));
        assertApplied(client.table().evict(name, contender, 2L, 3, LIMIT));
        assertThat(seen(name)).isEqualTo(new Look.Seen(3L, null, null, null, Map.of(), Optional.empty(), null));
    }

    @Test
    void aLockFreedByHandAsTheReadmeSaysCanBeTaken() {
        String name = held();
        session.execute("UPDATE " + TABLE + " SET owner = null WHERE lock = ? IF owner = ?", name, owner);

        assertApplied(client.table().acquire(claim(name, contender, 2, 0, TTL), 1L, LIMIT));
        assertThat(seen(name).term()).isEqualTo(new Term(contender, 0, TTL));
    }
}

package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** For tables whose leases end by their TTL. */
final class TtlStatements implements LockStatements {
    private static final String FREE = "owner = null, owner_fence = null, holder = null, metadata = null";

    private final PreparedStatement acquire;
    private final PreparedStatement handOff;
    private final PreparedStatement raise;
    private final PreparedStatement renew;
    private final PreparedStatement release;
    private final PreparedStatement evict;
    private final PreparedStatement peek;
    private final PreparedStatement read;

    static Stream<String> texts(String table) {
        return Stream.of(
                own(table, "owner = null AND fence = ?"),
                own(table, "owner = ? AND fence = ?"),
                "UPDATE " + table + " SET fence = ? WHERE name = ? IF fence = ? AND owner != ?",
                "UPDATE " + table
                        + " USING TTL ? SET owner = ?, owner_fence = ?, holder = ?, metadata = ? WHERE name = ?"
                        + " IF owner = ?",
                // owner_fence stays for the rest of its TTL: the trace by which a release without an answer is told
                // from
                // an expiry
                "UPDATE " + table + " SET owner = null, holder = null, metadata = null WHERE name = ? IF owner = ?",
                "UPDATE " + table + " SET fence = ?, " + FREE + " WHERE name = ? IF owner = ? AND fence = ?",
                "SELECT fence, owner, holder, TTL(owner) AS remaining FROM " + table + " WHERE name = ?",
                "SELECT fence, owner, holder, TTL(owner) AS remaining, owner_fence, metadata FROM " + table
                        + " WHERE name = ?");
    }

    /** Two statements, since the fence must outlive the lease, whose TTL the second one sets; a batch of one row is one transaction. */
    private static String own(String table, String condition) {
        return "BEGIN BATCH UPDATE " + table + " SET fence = ? WHERE name = ? IF " + condition + "; UPDATE " + table
                + " USING TTL ? SET owner = ?, owner_fence = ?, holder = ?, metadata = ? WHERE name = ?; APPLY BATCH";
    }

    /** @param prepared from {@link #texts}, in their order */
    TtlStatements(List<PreparedStatement> prepared) {
        this.acquire = prepared.get(0);
        this.handOff = prepared.get(1);
        this.raise = prepared.get(2);
        this.renew = prepared.get(3);
        this.release = prepared.get(4);
        this.evict = prepared.get(5);
        this.peek = prepared.get(6);
        this.read = prepared.get(7);
    }

    @Override
    public BoundStatement acquire(Claim claim, @Nullable Long last) {
        return acquire.bind(
                claim.token(),
                claim.name(),
                last,
                ServerTtl.seconds(claim.ttl()),
                claim.attempt(),
                claim.token(),
                claim.holder(),
                claim.metadata(),
                claim.name());
    }

    @Override
    public BoundStatement takeOver(Claim claim, @Nullable Long last, Term silent) {
        throw new IllegalStateException("rows of a table with expiry=ttl have no terms");
    }

    @Override
    public BoundStatement handOff(Claim claim, @Nullable Long last, UUID predecessor) {
        return handOff.bind(
                claim.token(),
                claim.name(),
                predecessor,
                last,
                ServerTtl.seconds(claim.ttl()),
                claim.attempt(),
                claim.token(),
                claim.holder(),
                claim.metadata(),
                claim.name());
    }

    @Override
    public BoundStatement raise(String name, @Nullable Long last, long next, UUID attempt) {
        return raise.bind(next, name, last, attempt);
    }

    @Override
    public BoundStatement renew(Claim claim) {
        return renew.bind(
                ServerTtl.seconds(claim.ttl()),
                claim.attempt(),
                claim.token(),
                claim.holder(),
                claim.metadata(),
                claim.name(),
                claim.attempt());
    }

    @Override
    public BoundStatement release(String name, UUID attempt) {
        return release.bind(name, attempt);
    }

    @Override
    public BoundStatement evict(String name, UUID owner, @Nullable Long fence, long next) {
        return evict.bind(next, name, owner, fence);
    }

    @Override
    public BoundStatement peek(String name) {
        return peek.bind(name);
    }

    @Override
    public BoundStatement read(String name) {
        return read.bind(name);
    }
}

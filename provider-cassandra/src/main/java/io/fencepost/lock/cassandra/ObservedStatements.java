package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** For tables whose leases end by observation: nothing has a TTL. */
final class ObservedStatements implements LockStatements {
    private static final String HOLD =
            " SET fence = ?, owner = ?, owner_fence = ?, renewals = ?, ttl_millis = ?, holder = ?, metadata = ?"
                    + " WHERE lock = ? IF ";

    /** Always true, since no row has such values. A refusal answers with the columns of its conditions, so it brings the holder's term without another round. */
    private static final String AND_TELL_THE_TERM = " AND renewals != -1 AND ttl_millis != -1 AND holder != ''";

    private static final String FREE =
            "owner = null, renewals = null, ttl_millis = null, holder = null, metadata = null";

    private final PreparedStatement acquire;
    private final PreparedStatement takeOver;
    private final PreparedStatement handOff;
    private final PreparedStatement raise;
    private final PreparedStatement renew;
    private final PreparedStatement release;
    private final PreparedStatement evict;
    private final PreparedStatement peek;
    private final PreparedStatement read;

    static Stream<String> texts(String table) {
        return Stream.of(
                "UPDATE " + table + HOLD + "owner = null AND fence = ?" + AND_TELL_THE_TERM,
                "UPDATE " + table + HOLD + "owner = ? AND renewals = ? AND fence = ?" + AND_TELL_THE_TERM,
                "UPDATE " + table + HOLD + "owner = ? AND fence = ?" + AND_TELL_THE_TERM,
                "UPDATE " + table + " SET fence = ? WHERE lock = ? IF fence = ? AND owner != ?" + AND_TELL_THE_TERM,
                // a copy that is executed late must not bring an old count back, which a contender may have been
                // watching for long
                "UPDATE " + table + " SET renewals = ?, ttl_millis = ? WHERE lock = ? IF owner = ? AND renewals < ?",
                // owner_fence stays until the next lease: the trace of a release without an answer
                "UPDATE " + table + " SET " + FREE + " WHERE lock = ? IF owner = ?",
                "UPDATE " + table + " SET fence = ?, owner_fence = null, " + FREE
                        + " WHERE lock = ? IF owner = ? AND fence = ?",
                "SELECT fence, owner, holder, renewals, ttl_millis FROM " + table + " WHERE lock = ?",
                "SELECT fence, owner, holder, renewals, ttl_millis, owner_fence, metadata FROM " + table
                        + " WHERE lock = ?");
    }

    /** @param prepared from {@link #texts}, in their order */
    ObservedStatements(List<PreparedStatement> prepared) {
        this.acquire = prepared.get(0);
        this.takeOver = prepared.get(1);
        this.handOff = prepared.get(2);
        this.raise = prepared.get(3);
        this.renew = prepared.get(4);
        this.release = prepared.get(5);
        this.evict = prepared.get(6);
        this.peek = prepared.get(7);
        this.read = prepared.get(8);
    }

    @Override
    public BoundStatement acquire(Claim claim, @Nullable Long last) {
        return acquire.bind(
                claim.token(),
                claim.attempt(),
                claim.token(),
                claim.renewals(),
                Term.millis(claim.ttl()),
                claim.holder(),
                claim.metadata(),
                claim.name(),
                last);
    }

    @Override
    public BoundStatement takeOver(Claim claim, @Nullable Long last, Term silent) {
        return takeOver.bind(
                claim.token(),
                claim.attempt(),
                claim.token(),
                claim.renewals(),
                Term.millis(claim.ttl()),
                claim.holder(),
                claim.metadata(),
                claim.name(),
                silent.owner(),
                silent.renewals(),
                last);
    }

    @Override
    public BoundStatement handOff(Claim claim, @Nullable Long last, UUID predecessor) {
        return handOff.bind(
                claim.token(),
                claim.attempt(),
                claim.token(),
                claim.renewals(),
                Term.millis(claim.ttl()),
                claim.holder(),
                claim.metadata(),
                claim.name(),
                predecessor,
                last);
    }

    @Override
    public BoundStatement raise(String name, @Nullable Long last, long next, UUID attempt) {
        return raise.bind(next, name, last, attempt);
    }

    @Override
    public BoundStatement renew(Claim claim) {
        return renew.bind(claim.renewals(), Term.millis(claim.ttl()), claim.name(), claim.attempt(), claim.renewals());
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

package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The prepared statements; {@link LockTable} says what each does. */
record LockStatements(
        PreparedStatement acquire,
        PreparedStatement raise,
        PreparedStatement renew,
        PreparedStatement release,
        PreparedStatement evict,
        PreparedStatement peek,
        PreparedStatement read) {
    private static final String FREE = "owner = null, owner_fence = null, holder = null, metadata = null";

    /** Fails with the driver's exceptions; {@code InvalidQueryException} where the table is not as expected. */
    static CompletionStage<LockStatements> prepare(CqlSession session, String table) {
        List<CompletableFuture<PreparedStatement>> prepared = Stream.of(
                        // two statements, since the fence must outlive the lease, whose TTL the second one sets; a
                        // batch of one row is one transaction
                        "BEGIN BATCH UPDATE " + table
                                + " SET fence = ? WHERE name = ? IF owner = null AND fence = ?; UPDATE " + table
                                + " USING TTL ? SET owner = ?, owner_fence = ?, holder = ?, metadata = ? WHERE name = ?;"
                                + " APPLY BATCH",
                        "UPDATE " + table + " SET fence = ? WHERE name = ? IF fence = ? AND owner != ?",
                        "UPDATE " + table
                                + " USING TTL ? SET owner = ?, owner_fence = ?, holder = ?, metadata = ? WHERE name = ?"
                                + " IF owner = ?",
                        // owner_fence stays for the rest of its TTL: the trace by which a release without an answer is
                        // told from an expiry
                        "UPDATE " + table
                                + " SET owner = null, holder = null, metadata = null WHERE name = ? IF owner = ?",
                        "UPDATE " + table + " SET fence = ?, " + FREE + " WHERE name = ? IF owner = ? AND fence = ?",
                        "SELECT fence, owner, holder, TTL(owner) AS remaining FROM " + table + " WHERE name = ?",
                        "SELECT fence, owner, holder, TTL(owner) AS remaining, owner_fence, metadata FROM " + table
                                + " WHERE name = ?")
                .map(cql -> session.prepareAsync(cql).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(prepared.toArray(CompletableFuture[]::new))
                .thenApply(ignored -> new LockStatements(
                        prepared.get(0).join(),
                        prepared.get(1).join(),
                        prepared.get(2).join(),
                        prepared.get(3).join(),
                        prepared.get(4).join(),
                        prepared.get(5).join(),
                        prepared.get(6).join()));
    }
}

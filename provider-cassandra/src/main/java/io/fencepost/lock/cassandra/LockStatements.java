package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The prepared statements for a table of one kind, with their values; {@link LockTable} says what each does. Thread-safe. */
interface LockStatements {
    BoundStatement acquire(Claim claim, @Nullable Long last);

    BoundStatement takeOver(Claim claim, @Nullable Long last, Term silent);

    BoundStatement handOff(Claim claim, @Nullable Long last, UUID predecessor);

    BoundStatement raise(String name, @Nullable Long last, long next, UUID attempt);

    BoundStatement renew(Claim claim);

    BoundStatement release(String name, UUID attempt);

    BoundStatement evict(String name, UUID owner, @Nullable Long fence, long next);

    BoundStatement peek(String name);

    BoundStatement read(String name);

    /** Fails with the driver's exceptions; {@code InvalidQueryException} where the table is not as expected. */
    static CompletionStage<LockStatements> prepare(CqlSession session, String table, Expiry expiry) {
        return switch (expiry) {
            case TTL -> prepareAll(session, TtlStatements.texts(table)).thenApply(TtlStatements::new);
            case OBSERVED ->
                prepareAll(session, ObservedStatements.texts(table)).thenApply(ObservedStatements::new);
        };
    }

    private static CompletionStage<List<PreparedStatement>> prepareAll(CqlSession session, Stream<String> texts) {
        List<CompletableFuture<PreparedStatement>> prepared = texts.map(
                        cql -> session.prepareAsync(cql).toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(prepared.toArray(CompletableFuture[]::new))
                .thenApply(ignored ->
                        prepared.stream().map(CompletableFuture::join).toList());
    }
}

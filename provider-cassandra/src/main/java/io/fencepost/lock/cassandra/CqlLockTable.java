package io.fencepost.lock.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultProtocolVersion;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import com.datastax.oss.driver.api.core.servererrors.UnavailableException;
import com.datastax.oss.driver.api.core.type.codec.TypeCodecs;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The lock table in Cassandra: prepared statements, sent to the lock's coordinator. Thread-safe. */
final class CqlLockTable implements LockTable {
    /** A node that leaves a request of at least this length unanswered is avoided for a while; shorter ones prove nothing. */
    private static final Duration TELLING_SILENCE = Duration.ofMillis(250);

    /** At one node, for one client. More than what a node of the usual size works on at a time only makes it lose messages. */
    private static final int MOST_IN_FLIGHT = 16;

    private final Map<Node, InFlight> inFlight = new ConcurrentHashMap<>();
    private final CqlSession session;
    private final Coordinators coordinators;
    private final ConsistencyLevel serial;
    private final LockStatements statements;

    private sealed interface Result {
        record Rows(AsyncResultSet rows) implements Result {}

        record NotExecuted(Throwable cause) implements Result {}

        record Unknown(Throwable cause) implements Result {}
    }

    /**
     * @param limit for the answer of a node, once it is sent there
     * @param deadline by which all of it is over, the waiting for a turn included
     * @param leaseEnd only of renewals
     */
    private record Sending(
            BoundStatement statement,
            String name,
            Duration limit,
            Deadline deadline,
            InFlight.Turn turn,
            @Nullable Deadline leaseEnd) {
        /** For how long it may wait for its turn at a node: what is left must do for an answer, or for another node. Nobody needs a renewal after the lease. */
        Duration patience() {
            Duration remaining = deadline.remaining();
            Duration half = remaining.dividedBy(2);
            Duration allButTheAnswer = remaining.minus(limit);
            Duration longest = half.compareTo(allButTheAnswer) > 0 ? half : allButTheAnswer;
            return leaseEnd == null ? longest : leaseEnd.roundLimit(longest);
        }
    }

    /** So many statements of this client were under way at the node that one more was not sent. */
    private static final class NoTurnException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoTurnException(Node node) {
            super(MOST_IN_FLIGHT + " statements of this client wait for " + node.getEndPoint()
                    + ", so one more was not sent");
        }
    }

    CqlLockTable(CqlSession session, Coordinators coordinators, LockStatements statements, ConsistencyLevel serial) {
        this.session = session;
        this.coordinators = coordinators;
        this.statements = statements;
        this.serial = serial;
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, @Nullable Long last, Duration limit) {
        return take(statements.acquire(claim, last), claim.name(), limit);
    }

    @Override
    public CompletionStage<Answer> takeOver(Claim claim, @Nullable Long last, Term silent, Duration limit) {
        return take(statements.takeOver(claim, last, silent), claim.name(), limit);
    }

    @Override
    public CompletionStage<Answer> handOff(Claim claim, @Nullable Long last, UUID predecessor, Duration limit) {
        // it ends a lease, and goes before those that only begin one
        return keep(statements.handOff(claim, last, predecessor), claim.name(), limit);
    }

    @Override
    public CompletionStage<Answer> raise(String name, @Nullable Long last, long next, UUID attempt, Duration limit) {
        return keep(statements.raise(name, last, next, attempt), name, limit);
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Duration limit, Deadline deadline, Deadline leaseEnd) {
        return answer(send(new Sending(
                statements.renew(claim), claim.name(), limit, deadline, InFlight.Turn.keeping(leaseEnd), leaseEnd)));
    }

    @Override
    public CompletionStage<Answer> release(String name, UUID attempt, Duration limit) {
        return keep(statements.release(name, attempt), name, limit);
    }

    @Override
    public CompletionStage<Answer> evict(String name, UUID owner, @Nullable Long fence, long next, Duration limit) {
        return keep(statements.evict(name, owner, fence, next), name, limit);
    }

    @Override
    public CompletionStage<Look> peek(String name, Duration limit) {
        return look(statements.peek(name), name, limit);
    }

    @Override
    public CompletionStage<Look> read(String name, Duration limit) {
        return look(statements.read(name).setConsistencyLevel(serial), name, limit);
    }

    private CompletionStage<Answer> take(BoundStatement statement, String name, Duration limit) {
        return answer(send(new Sending(statement, name, limit, Deadline.in(limit), InFlight.Turn.taking(), null)));
    }

    private CompletionStage<Answer> keep(BoundStatement statement, String name, Duration limit) {
        Deadline deadline = Deadline.in(limit);
        return answer(send(new Sending(statement, name, limit, deadline, InFlight.Turn.keeping(deadline), null)));
    }

    private static CompletionStage<Answer> answer(CompletionStage<Result> result) {
        return result.thenApply(CqlLockTable::answer).exceptionally(Answer.Unknown::new);
    }

    private static Answer answer(Result result) {
        if (result instanceof Result.Rows rows) {
            if (rows.rows().wasApplied()) {
                return new Answer.Applied();
            }
            Row row = Objects.requireNonNull(rows.rows().one(), "a refused condition has a row");
            UUID owner = Columns.uuid(row, "owner");
            return new Answer.Refused(
                    Columns.number(row, "fence"), owner, Columns.text(row, "holder"), Term.of(row, owner));
        }
        return result instanceof Result.NotExecuted not
                ? new Answer.NotExecuted(not.cause())
                : new Answer.Unknown(((Result.Unknown) result).cause());
    }

    private CompletionStage<Look> look(BoundStatement statement, String name, Duration limit) {
        return send(new Sending(statement, name, limit, Deadline.in(limit), InFlight.Turn.taking(), null))
                .thenApply(CqlLockTable::look)
                .exceptionally(Look.Failed::new);
    }

    private static Look look(Result result) {
        if (result instanceof Result.Rows rows) {
            Row row = rows.rows().one();
            if (row == null) {
                return new Look.Seen(null, null, null, null, Map.of(), Optional.empty(), null);
            }
            UUID owner = Columns.uuid(row, "owner");
            Integer seconds = Columns.has(row, "remaining") ? row.get("remaining", Integer.class) : null;
            return new Look.Seen(
                    Columns.number(row, "fence"),
                    owner,
                    Columns.number(row, "owner_fence"),
                    Columns.text(row, "holder"),
                    Columns.map(row, "metadata"),
                    Optional.ofNullable(seconds).map(Duration::ofSeconds),
                    Term.of(row, owner));
        }
        return new Look.Failed(
                result instanceof Result.NotExecuted not ? not.cause() : ((Result.Unknown) result).cause());
    }

    private CompletionStage<Result> send(Sending sending) {
        try {
            ByteBuffer key = TypeCodecs.TEXT.encode(sending.name(), DefaultProtocolVersion.V4);
            Iterator<Node> nodes = coordinators.order(sending.name(), key).iterator();
            if (!nodes.hasNext()) {
                return done(new Result.NotExecuted(new IllegalStateException("no node is known")));
            }
            return inTurn(nodes, sending);
        } catch (RuntimeException e) {
            return done(new Result.NotExecuted(e));
        }
    }

    private static CompletionStage<Result> done(Result result) {
        return CompletableFuture.completedStage(result);
    }

    /** Goes on to the next node only where it is certain that this one did not execute the statement. */
    private CompletionStage<Result> inTurn(Iterator<Node> nodes, Sending sending) {
        Node node = nodes.next();
        return inFlightAt(node)
                .submit(
                        sending.turn(),
                        () -> sendTo(node, sending),
                        sending.patience(),
                        () -> new Result.NotExecuted(new NoTurnException(node)))
                .thenCompose(result -> result instanceof Result.NotExecuted not
                                && (not.cause() instanceof AllNodesFailedException
                                        || not.cause() instanceof NoTurnException)
                                && nodes.hasNext()
                                && sending.deadline().allowsRound()
                        ? inTurn(nodes, sending)
                        : done(result));
    }

    private InFlight inFlightAt(Node node) {
        return inFlight.computeIfAbsent(node, any -> new InFlight(MOST_IN_FLIGHT));
    }

    private CompletionStage<Result> sendTo(Node node, Sending sending) {
        Duration limit = sending.deadline().roundLimit(sending.limit());
        if (limit.isZero()) {
            // the driver takes zero for no limit at all
            return done(new Result.NotExecuted(new DriverTimeoutException("no time was left to send the statement")));
        }
        CompletionStage<AsyncResultSet> sent;
        try {
            sent = session.executeAsync(sending.statement().setNode(node).setTimeout(limit));
        } catch (RuntimeException e) {
            return done(new Result.NotExecuted(e));
        }
        return sent.handle((rows, failure) -> {
            if (failure == null) {
                return new Result.Rows(rows);
            }
            Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : failure;
            if (cause instanceof DriverTimeoutException && limit.compareTo(TELLING_SILENCE) >= 0) {
                coordinators.suspect(node);
                inFlightAt(node).giveUpWaiting();
            }
            return certainlyNotExecuted(cause) ? new Result.NotExecuted(cause) : new Result.Unknown(cause);
        });
    }

    /**
     * For one node and without retries, {@link AllNodesFailedException} means that nothing left this client whole, or that the node refused to begin.
     * {@link UnavailableException} at a serial level comes before anything is proposed, in both Paxos variants; at the commit level the first variant throws it
     * after the proposal was accepted. Everything else that is not a refusal of the statement itself may have been executed.
     */
    static boolean certainlyNotExecuted(Throwable cause) {
        return cause instanceof AllNodesFailedException
                || (cause instanceof UnavailableException unavailable
                        && unavailable.getConsistencyLevel().isSerial())
                || cause instanceof QueryValidationException
                || (cause instanceof IllegalStateException && "Session is closed".equals(cause.getMessage()));
    }
}

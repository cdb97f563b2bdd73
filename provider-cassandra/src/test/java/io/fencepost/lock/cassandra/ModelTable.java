package io.fencepost.lock.cassandra;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LockTable} promises, executed exactly, with an adversary between client and server: for each write it chooses whether the server executes it now,
 * later or never, and whether the client hears of it. Thread-safe.
 */
final class ModelTable implements LockTable {
    private static final String HOLDER = "model";

    /** What happens to one write. */
    enum Fate {
        ANSWERED,
        REPLY_LOST,
        EXECUTED_LATER,
        LOST,
        NOT_SENT
    }

    private interface Statement {
        Answer execute();
    }

    /** The row as the server has it. */
    private static final class RowState {
        private @Nullable Long fence;
        private @Nullable UUID owner;
        private @Nullable Long ownerFence;
        private @Nullable Term term;

        void own(Claim claim, Expiry expiry) {
            fence = claim.token();
            owner = claim.attempt();
            ownerFence = claim.token();
            term = expiry == Expiry.OBSERVED ? new Term(claim.attempt(), claim.renewals(), claim.ttl()) : null;
        }

        void free() {
            owner = null;
            term = null;
        }
    }

    private final Map<String, RowState> rows = new HashMap<>();
    private final List<Statement> late = new ArrayList<>();
    private final Expiry expiry;
    private final Supplier<Fate> fates;
    private final Consumer<UUID> onOwner;
    private final List<UUID> owners = new ArrayList<>();

    ModelTable(Supplier<Fate> fates) {
        this(Expiry.TTL, fates, owner -> {});
    }

    /** @param onOwner is told of each attempt that becomes owner, at that moment */
    ModelTable(Expiry expiry, Supplier<Fate> fates, Consumer<UUID> onOwner) {
        this.expiry = expiry;
        this.fates = fates;
        this.onOwner = onOwner;
    }

    /** Every attempt that became owner, in order. */
    synchronized List<UUID> owners() {
        return List.copyOf(owners);
    }

    synchronized @Nullable UUID owner(String name) {
        return row(name).owner;
    }

    synchronized @Nullable Long ownerFence(String name) {
        return row(name).ownerFence;
    }

    synchronized @Nullable Term term(String name) {
        return row(name).term;
    }

    /** The lease ends by its TTL, or somebody throws it out. */
    synchronized void expire(String name) {
        row(name).free();
        row(name).ownerFence = null;
    }

    /** Executes one of the writes that were delayed, if there is one. */
    synchronized void executeLate(int choice) {
        if (!late.isEmpty()) {
            late.remove(Math.floorMod(choice, late.size())).execute();
        }
    }

    synchronized boolean hasLate() {
        return !late.isEmpty();
    }

    private RowState row(String name) {
        return rows.computeIfAbsent(name, ignored -> new RowState());
    }

    private synchronized CompletionStage<Answer> write(Statement statement) {
        Throwable silence = new IllegalStateException("no answer");
        Answer answer = switch (fates.get()) {
            case ANSWERED -> statement.execute();
            case REPLY_LOST -> {
                statement.execute();
                yield new Answer.Unknown(silence);
            }
            case EXECUTED_LATER -> {
                late.add(statement);
                yield new Answer.Unknown(silence);
            }
            case LOST -> new Answer.Unknown(silence);
            case NOT_SENT -> new Answer.NotExecuted(silence);
        };
        return CompletableFuture.completedStage(answer);
    }

    private static Answer refused(RowState row) {
        return new Answer.Refused(row.fence, row.owner, row.term == null ? null : HOLDER, row.term);
    }

    private Answer own(RowState row, Claim claim) {
        row.own(claim, expiry);
        owners.add(claim.attempt());
        onOwner.accept(claim.attempt());
        return new Answer.Applied();
    }

    @Override
    public CompletionStage<Answer> acquire(Claim claim, @Nullable Long last, Duration limit) {
        return write(() -> {
            RowState row = row(claim.name());
            if (row.owner != null || !Objects.equals(row.fence, last)) {
                return refused(row);
            }
            return own(row, claim);
        });
    }

    @Override
    public CompletionStage<Answer> takeOver(Claim claim, @Nullable Long last, Term silent, Duration limit) {
        return write(() -> {
            RowState row = row(claim.name());
            return row.term != null && row.term.isSame(silent) && Objects.equals(row.fence, last)
                    ? own(row, claim)
                    : refused(row);
        });
    }

    @Override
    public CompletionStage<Answer> handOff(Claim claim, @Nullable Long last, UUID predecessor, Duration limit) {
        return write(() -> {
            RowState row = row(claim.name());
            return predecessor.equals(row.owner) && Objects.equals(row.fence, last) ? own(row, claim) : refused(row);
        });
    }

    @Override
    public CompletionStage<Answer> raise(String name, @Nullable Long last, long next, UUID attempt, Duration limit) {
        return write(() -> {
            RowState row = row(name);
            if (!Objects.equals(row.fence, last) || attempt.equals(row.owner)) {
                return refused(row);
            }
            row.fence = next;
            return new Answer.Applied();
        });
    }

    @Override
    public CompletionStage<Answer> renew(Claim claim, Duration limit, Deadline deadline, Deadline leaseEnd) {
        return write(() -> {
            RowState row = row(claim.name());
            boolean outdated = row.term != null && row.term.renewals() >= claim.renewals();
            if (!claim.attempt().equals(row.owner) || outdated) {
                return refused(row);
            }
            row.term = row.term == null ? null : new Term(claim.attempt(), claim.renewals(), claim.ttl());
            return new Answer.Applied();
        });
    }

    @Override
    public CompletionStage<Answer> release(String name, UUID attempt, Duration limit) {
        return write(() -> {
            if (!attempt.equals(row(name).owner)) {
                return refused(row(name));
            }
            row(name).free();
            return new Answer.Applied();
        });
    }

    @Override
    public CompletionStage<Answer> evict(String name, UUID owner, @Nullable Long fence, long next, Duration limit) {
        return write(() -> {
            RowState row = row(name);
            if (!owner.equals(row.owner) || !Objects.equals(row.fence, fence)) {
                return refused(row);
            }
            expire(name);
            row.fence = next;
            return new Answer.Applied();
        });
    }

    @Override
    public CompletionStage<Look> peek(String name, Duration limit) {
        return read(name, limit);
    }

    @Override
    public synchronized CompletionStage<Look> read(String name, Duration limit) {
        RowState row = row(name);
        return CompletableFuture.completedStage(new Look.Seen(
                row.fence,
                row.owner,
                row.ownerFence,
                row.owner == null ? null : HOLDER,
                Map.of(),
                Optional.ofNullable(row.owner == null || row.term != null ? null : Duration.ofSeconds(1)),
                row.term));
    }
}

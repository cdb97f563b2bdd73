package io.fencepost.lock.zookeeper.fencing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.OutcomeUnknownException;
import io.fencepost.lock.fencing.FencedStore;
import io.fencepost.lock.fencing.FencedValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Fenced values as two znodes a key: {@code base/key} has the fence, the id of the write and whether there is a value, as text; {@code base/key/value} has the value as it is, for anybody to read, and is there
 * only if there is one.
 *
 * <p><b>Algorithm.</b> One transaction ({@code multi}) sets the first on condition of the version that was seen with the expected entry, and sets, makes or deletes the second. Both then have the same mzxid,
 * by which a read knows that what it got of the two belongs together. Refused by the version, the entry is read again, behind a {@code sync}, since a follower may lag.
 *
 * <p><b>Assumes</b> a majority of the ensemble that keeps its log, and that nobody else writes below the base.
 *
 * <p><b>What breaks it.</b> Znodes that are deleted or changed by others; an ensemble that is emptied or restored from a backup.
 *
 * <p>Thread-safe.
 */
final class ZooKeeperFencedStore implements FencedStore<ZooKeeperFencedStore.Entry> {
    private static final String VALUE = "/value";
    private static final byte[] EMPTY = {};
    /** Answers of a server that did not do what it was asked to, and will not. */
    private static final Set<Code> REFUSALS =
            Set.of(Code.NOAUTH, Code.INVALIDACL, Code.BADARGUMENTS, Code.QUOTAEXCEEDED, Code.NOCHILDRENFOREPHEMERALS);

    private final Supplier<ZooKeeper> session;
    private final String base;
    private final List<ACL> acl;

    /**
     * What {@code base/key} says.
     *
     * @param hasValue whether there is a value
     * @param version of the znode
     */
    record Entry(FencingToken token, UUID writeId, boolean hasValue, int version) implements Stamp {
        static Entry of(Write write, int version) {
            return new Entry(write.token(), write.id(), write.value().isPresent(), version);
        }

        /** @throws LockUnavailableException if the text is none of ours */
        static Entry parse(byte[] text, int version) {
            String[] parts = new String(text, US_ASCII).split(" ", -1);
            try {
                return new Entry(
                        new FencingToken(Long.parseLong(parts[0])),
                        UUID.fromString(parts[1]),
                        parts[2].equals("value"),
                        version);
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new LockUnavailableException(
                        "the znode is not one of a fenced value: '" + String.join(" ", parts) + "'", e);
            }
        }

        byte[] text() {
            return (token + " " + writeId + (hasValue ? " value" : " deleted")).getBytes(US_ASCII);
        }
    }

    /** What a server answered to a read. */
    private record Got(Code code, Optional<byte[]> data, Optional<Stat> stat) {
        static Got of(int rc, byte @Nullable [] data, @Nullable Stat stat) {
            return new Got(Code.get(rc), Optional.ofNullable(data), Optional.ofNullable(stat));
        }

        long mzxid() {
            return stat.orElseThrow().getMzxid();
        }

        Entry entry() {
            return Entry.parse(data.orElse(EMPTY), stat.orElseThrow().getVersion());
        }
    }

    ZooKeeperFencedStore(Supplier<ZooKeeper> session, String base, List<ACL> acl) {
        this.session = session;
        this.base = base;
        this.acl = acl;
    }

    @Override
    public Answer<Entry> replace(Optional<Entry> expected, Write write, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        String path = path(write.key());
        Code code = write(transaction(path, expected, write), end);
        switch (code) {
            case OK -> {
                int version = expected.map(entry -> entry.version() + 1).orElse(0);
                return new Answer.Applied<>(Entry.of(write, version));
            }
            case BADVERSION, NODEEXISTS, NONODE -> {
                if (code == Code.NONODE && expected.isEmpty()) {
                    makeBase(end);
                }
                Optional<Entry> now = look(path, end);
                if (now.isPresent() && now.equals(expected)) {
                    throw new LockUnavailableException(
                            path + VALUE + " was made or deleted by somebody else", KeeperException.create(code));
                }
                return new Answer.Refused<>(now);
            }
            default -> {
                KeeperException cause = KeeperException.create(code, path);
                if (REFUSALS.contains(code)) {
                    throw new LockUnavailableException("refused: " + cause.getMessage(), cause);
                }
                throw new OutcomeUnknownException("no answer to a transaction: " + cause.getMessage(), cause);
            }
        }
    }

    private List<Op> transaction(String path, Optional<Entry> expected, Write write) {
        byte[] entry = Entry.of(write, 0).text();
        boolean hadValue = expected.isPresent() && expected.get().hasValue();
        List<Op> ops = new ArrayList<>();
        ops.add(expected.map(seen -> Op.setData(path, entry, seen.version()))
                .orElseGet(() -> Op.create(path, entry, acl, CreateMode.PERSISTENT)));
        write.value()
                .ifPresentOrElse(
                        value -> ops.add(
                                hadValue
                                        ? Op.setData(path + VALUE, value, -1)
                                        : Op.create(path + VALUE, value, acl, CreateMode.PERSISTENT)),
                        () -> {
                            if (hadValue) {
                                ops.add(Op.delete(path + VALUE, -1));
                            }
                        });
        return ops;
    }

    private Code write(List<Op> ops, long end) {
        CompletableFuture<Code> answer = new CompletableFuture<>();
        session.get().multi(ops, (rc, path, context, results) -> answer.complete(Code.get(rc)), null);
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OutcomeUnknownException("interrupted during a transaction", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed by its callback alone", e);
        } catch (TimeoutException e) {
            throw new OutcomeUnknownException("no answer to a transaction in time", e);
        }
    }

    private void makeBase(long end) {
        for (int slash = base.indexOf('/', 1); ; slash = base.indexOf('/', slash + 1)) {
            String path = slash < 0 ? base : base.substring(0, slash);
            CompletableFuture<Code> made = new CompletableFuture<>();
            session.get()
                    .create(
                            path,
                            EMPTY,
                            acl,
                            CreateMode.PERSISTENT,
                            (rc, asked, context, name) -> made.complete(Code.get(rc)),
                            null);
            Code code = answered(made, end);
            if (code != Code.OK && code != Code.NODEEXISTS) {
                KeeperException cause = KeeperException.create(code, path);
                throw new LockUnavailableException("no base: " + cause.getMessage(), cause);
            }
            if (slash < 0) {
                return;
            }
        }
    }

    @Override
    public Optional<Entry> look(String key, Duration limit) {
        return look(path(key), System.nanoTime() + limit.toNanos());
    }

    private Optional<Entry> look(String path, long end) {
        ZooKeeper zk = session.get();
        CompletableFuture<Code> synced = sync(zk, path);
        CompletableFuture<Got> entry = get(zk, path);
        ensureSynced(synced, end);
        return found(answered(entry, end)).map(Got::entry);
    }

    @Override
    public Optional<FencedValue> read(String key, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        String path = path(key);
        while (true) {
            ZooKeeper zk = session.get();
            CompletableFuture<Code> synced = sync(zk, path);
            CompletableFuture<Got> fence = get(zk, path);
            CompletableFuture<Got> value = get(zk, path + VALUE);
            ensureSynced(synced, end);
            Optional<Got> seen = found(answered(fence, end));
            Optional<Got> seenValue = found(answered(value, end));
            if (seen.isEmpty() || !seen.get().entry().hasValue()) {
                return Optional.empty();
            }
            if (seenValue.isPresent() && seenValue.get().mzxid() == seen.get().mzxid()) {
                return Optional.of(new FencedValue(
                        seen.get().entry().token(), seenValue.get().data().orElse(EMPTY)));
            }
            // written between the two
        }
    }

    /** Has the reads that follow in this session see what was written before. */
    private static CompletableFuture<Code> sync(ZooKeeper zk, String path) {
        CompletableFuture<Code> synced = new CompletableFuture<>();
        zk.sync(path, (rc, asked, context) -> synced.complete(Code.get(rc)), null);
        return synced;
    }

    /** Without it the reads may have gone to another server, which lags. */
    private static void ensureSynced(CompletableFuture<Code> synced, long end) {
        Code code = answered(synced, end);
        if (code != Code.OK) {
            KeeperException cause = KeeperException.create(code);
            throw new LockUnavailableException("no answer to a read: " + cause.getMessage(), cause);
        }
    }

    private static CompletableFuture<Got> get(ZooKeeper zk, String path) {
        CompletableFuture<Got> got = new CompletableFuture<>();
        zk.getData(path, false, (rc, asked, context, data, stat) -> got.complete(Got.of(rc, data, stat)), null);
        return got;
    }

    private static Optional<Got> found(Got got) {
        return switch (got.code()) {
            case OK -> Optional.of(got);
            case NONODE -> Optional.empty();
            default -> {
                KeeperException cause = KeeperException.create(got.code());
                throw new LockUnavailableException("no answer to a read: " + cause.getMessage(), cause);
            }
        };
    }

    private static <T> T answered(CompletableFuture<T> answer, long end) {
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LockUnavailableException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("completed by its callback alone", e);
        } catch (TimeoutException e) {
            throw new LockUnavailableException("no answer in time", e);
        }
    }

    /** Letters, digits and {@code - _} stand for themselves, every other byte of the UTF-8 form is percent-encoded: reversible, so different keys stay different. */
    private String path(String key) {
        StringBuilder text = new StringBuilder(base).append('/');
        for (byte b : key.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            text.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
        }
        return text.toString();
    }
}

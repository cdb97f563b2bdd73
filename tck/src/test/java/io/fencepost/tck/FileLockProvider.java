package io.fencepost.tck;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.TimeSource;
import io.fencepost.lock.memory.MemorySpace;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.BackendConfig;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.LockBackend;
import io.fencepost.lock.spi.LockProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Locks as files of a folder, so that processes share them: {@code lockfile:?folder=...&defect=...}. Sound with the defect {@code NONE}, and only fit for the tests of the kit: it blocks, and its clock
 * is the wall clock of this machine.
 */
public final class FileLockProvider implements LockProvider {
    private static final Object ONE_OF_THIS_PROCESS = new Object();

    /** What is wrong with it. */
    public enum Defect {
        NONE,
        /** A lock file stays until somebody removes it. */
        NO_TTL,
        /** Whoever releases removes the file, and is told truthfully whether it was its own. */
        RELEASE_BY_NAME,
        /** The locks are kept in the memory of each process. */
        PROCESS_LOCAL
    }

    @Override
    public String scheme() {
        return "lockfile";
    }

    @Override
    public LockBackend open(BackendConfig config) {
        Path folder = Path.of(config.string("folder", "."));
        Defect defect = config.choice("defect", Defect.NONE);
        config.rejectUnknownOptions();
        if (defect == Defect.PROCESS_LOCAL) {
            return new ForwardingBackend(LOCAL.connect()) {
                @Override
                public Capabilities capabilities() {
                    return CAPABILITIES;
                }
            };
        }
        return new FileBackend(folder, defect);
    }

    private static final MemorySpace LOCAL = new MemorySpace(TimeSource.SYSTEM);

    private static final Capabilities CAPABILITIES = Capabilities.builder("lockfile", FencingClass.CONSENSUS)
            .guarantee("One holder on one machine whose clock is not set.")
            .grace(Duration.ofMillis(50))
            .build();

    /** What a lock's file says. */
    private record Entry(long fence, String attempt, String holder, long expiresAt) {
        static final Entry NEVER_HELD = new Entry(0, "", "", 0);

        boolean isHeld() {
            return !attempt.isEmpty() && System.currentTimeMillis() < expiresAt;
        }

        boolean isHeldBy(Grant grant) {
            return isHeld() && attempt.equals(grant.attemptId().toString());
        }

        Entry free() {
            return new Entry(fence, "", "", 0);
        }
    }

    private static final class FileBackend implements LockBackend {
        private final Path folder;
        private final Defect defect;

        FileBackend(Path folder, Defect defect) {
            this.folder = folder;
            this.defect = defect;
        }

        @Override
        public Capabilities capabilities() {
            return CAPABILITIES;
        }

        /** Reads a lock, decides, and writes what was decided, with everybody else kept out. */
        private Entry update(String name, UnaryOperator<Entry> decision) {
            synchronized (ONE_OF_THIS_PROCESS) {
                try (FileChannel mutex = FileChannel.open(
                                folder.resolve("mutex"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        var exclusive = mutex.lock()) {
                    if (!exclusive.isValid()) {
                        throw new IOException("the mutex is not ours");
                    }
                    Path file = folder.resolve(name);
                    Entry before = Files.exists(file) ? parse(Files.readAllLines(file)) : Entry.NEVER_HELD;
                    Entry after = decision.apply(before);
                    if (!after.equals(before)) {
                        Files.write(
                                file,
                                List.of(
                                        Long.toString(after.fence()),
                                        after.attempt(),
                                        after.holder(),
                                        Long.toString(after.expiresAt())));
                    }
                    return before;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }

        private static Entry parse(List<String> lines) {
            return new Entry(Long.parseLong(lines.get(0)), lines.get(1), lines.get(2), Long.parseLong(lines.get(3)));
        }

        private long expiry(Duration ttl) {
            return defect == Defect.NO_TTL ? Long.MAX_VALUE : System.currentTimeMillis() + ttl.toMillis();
        }

        @Override
        public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
            Entry before = update(
                    request.name(),
                    entry -> entry.isHeld()
                            ? entry
                            : new Entry(
                                    entry.fence() + 1,
                                    request.attemptId().toString(),
                                    request.holder(),
                                    expiry(request.ttl())));
            return CompletableFuture.completedFuture(
                    before.isHeld()
                            ? AttemptOutcome.Contended.of(null, before.holder())
                            : new AttemptOutcome.Acquired(new Grant(
                                    request.name(),
                                    request.attemptId(),
                                    new FencingToken(before.fence() + 1),
                                    request.ttl())));
        }

        @Override
        public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
            Entry before = update(
                    grant.name(),
                    entry -> entry.isHeldBy(grant)
                            ? new Entry(entry.fence(), entry.attempt(), entry.holder(), expiry(ttl))
                            : entry);
            return CompletableFuture.completedFuture(
                    before.isHeldBy(grant)
                            ? new RenewOutcome.Renewed(ttl)
                            : new RenewOutcome.Lost(LossCause.NOT_OWNER));
        }

        @Override
        public CompletionStage<ReleaseOutcome> release(Grant grant) {
            Entry before = update(
                    grant.name(),
                    entry -> defect == Defect.RELEASE_BY_NAME || entry.isHeldBy(grant) ? entry.free() : entry);
            return released(before.isHeldBy(grant));
        }

        private static CompletionStage<ReleaseOutcome> released(boolean held) {
            return CompletableFuture.completedFuture(
                    held ? new ReleaseOutcome.Released() : new ReleaseOutcome.NotHeld());
        }

        @Override
        public CompletionStage<Optional<LockState>> inspect(String name) {
            Entry entry = update(name, UnaryOperator.identity());
            return CompletableFuture.completedFuture(
                    entry.isHeld()
                            ? Optional.of(new LockState(
                                    name, entry.holder(), new FencingToken(entry.fence()), Optional.empty(), Map.of()))
                            : Optional.empty());
        }

        @Override
        public CompletionStage<ReleaseOutcome> forceRelease(String name) {
            return released(update(name, Entry::free).isHeld());
        }

        @Override
        public Subscription onReleased(String name, Runnable wakeUp) {
            return () -> {};
        }

        @Override
        public void close() {}
    }
}

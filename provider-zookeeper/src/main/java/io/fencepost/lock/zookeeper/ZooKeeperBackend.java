package io.fencepost.lock.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.ExpiryClass;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.HolderText;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.ACL;
import org.jspecify.annotations.Nullable;

/**
 * Locks over ephemeral znodes.
 *
 * <h2>Algorithm</h2>
 *
 * A held lock is two ephemeral znodes of one session:
 *
 * <ul>
 *   <li>{@code base/name}: only one can exist, which excludes; its data says who holds, and by which grant; the id of the transaction that wrote the holder there first is the fencing
 *       token, greater than those of all writes before; its version counts renewals and handoffs;
 *   <li>{@code base/.grants/id}: its path and version together are the name of this very grant ({@link GrantName}), that no other one ever has.
 * </ul>
 *
 * While the lock's znode names a grant, the grant's znode has that version: every transaction ({@code multi}) that ends the one ends the other.
 *
 * <table>
 *   <caption>One transaction, one round, each</caption>
 *   <tr><td>acquire</td><td>create lock; with it create grant, unless there is a spare one</td></tr>
 *   <tr><td>renew</td><td>check grant, set lock</td></tr>
 *   <tr><td>release</td><td>set grant, which is spare then, delete lock</td></tr>
 *   <tr><td>hand off</td><td>set grant, set lock</td></tr>
 *   <tr><td>clean up, throw out</td><td>delete grant, delete lock</td></tr>
 *   <tr><td>take over</td><td>delete the old grant, delete lock if its version is still the one seen, acquire</td></tr>
 * </table>
 *
 * All that is done to a grant is done only if it has the version of its name.
 *
 * <p>Why the second znode: ZooKeeper's conditions know only paths and versions, and every new znode begins at version 0. With the lock's znode alone, a delete
 * or a write of a holder that was thrown out while its session lives, or a second try after a lost answer, or a contender's delete of what it saw a moment ago,
 * would hit a successor's znode of the same version. The name of the grant is the identity that versions of the lock lack; it makes every operation safe to repeat, so a lost answer
 * is settled by asking again.
 *
 * <p>A spare grant ({@link SpareGrants}) is one that this session made and released: the lock's znode can then be made alone, as by the plainest of locks. No other client knows its next name before
 * that is in the lock's data, so nobody can have ended it. But it is there whether the attempt had effect or not, so two things are different: a second try checks that it was not
 * used and ended meanwhile; and what an attempt whose time ran out may have left is removed only after a read that shows the lock in its name.
 *
 * <h2>Handoff within a client</h2>
 *
 * The lock's znode stays, of the same session, and so excludes without a gap. The same transaction ends the name of the predecessor, so that nothing it sent or will send
 * has an effect, and begins that of the successor. Its id, which is the token, is greater than any before. Whoever waits sees a new version: it counts the ttl anew, from later than the
 * successor does, and a takeover in the predecessor's name fails. The watch tells of a change, not of a deletion, so nobody tries in vain.
 *
 * <h2>Expiry</h2>
 *
 * A holder that dies loses its session, and with it the lock, at the session timeout. One that is merely silent, or whose contenders do not want to wait so long, is
 * thrown out by a contender that saw the lock's (czxid, version) unchanged for the ttl on its own monotonic clock; a renewal or a handoff in between changes the version, and the
 * transaction fails. The contender counts from when it received the state, the holder from before it sent its write: the former is later. No wall clock is read.
 *
 * <p>A grant is valid for at most two fifths of the session timeout. The leader counts a session from when it was last told that its client lives: a follower passes
 * this on with its answer to the leader's ping, every half tick (Leader.lead, LearnerHandler), and the client speaks at least every third of the timeout
 * (ClientCnxn.SendThread). So at a confirmed write the leader's count may be a third of the timeout and half a tick old. With the least
 * session timeout that servers allow, two ticks, there remain 1 - 1/3 - 1/4 = 5/12 of it, of which two fifths are used. A connection state of the driver, and an answered
 * read, prove nothing about a lock and decide nothing here; only confirmed writes do.
 *
 * <h2>Fair mode</h2>
 *
 * A queue in front of the same lock, which decides who may try, and nothing else: exclusion, tokens and expiry are those of above, whatever happens to the queue, and clients of
 * both modes exclude each other. {@code base/.queues/name} is a container, which the servers remove when it has been empty for a while; its children are ephemeral and
 * sequential, one for each client that waits ({@link Place}). The core's subscription is what tells that a client waits: its entry goes with the subscription, with a grant, or
 * with the session. Threads of one client wait in the core, behind one entry.
 *
 * <p>Every transaction that takes the lock ends with a condition on the queue ({@link Gate}): that the entry of this client, which it has seen to be the first, is still there,
 * and goes; or that nobody waits, for which the empty container is deleted, or is made and deleted if it is absent. So the queue is asked in the same round in which the
 * lock is taken, and an entry that is gone, with its session or because it was passed, takes nothing.
 *
 * <table>
 *   <caption>Rounds, one after the other, and the requests in each</caption>
 *   <tr><th></th><th>not fair</th><th>fair</th></tr>
 *   <tr><td>acquire a free lock</td><td>a write</td><td>a write; one more round where the container has come or gone since this client last knew</td></tr>
 *   <tr><td>try a held lock</td><td>a write; the first time a read</td><td>a write; a read. Where others are known to wait: a write and two reads</td></tr>
 *   <tr><td>wait for it</td><td>none: that read has set a watch</td><td>a write and two reads, unless the try has got in line; a read that watches the entry ahead</td></tr>
 *   <tr><td>become the first</td><td></td><td>two reads, one of which watches the lock</td></tr>
 *   <tr><td>handoff, after an event</td><td>a write by each that waits, of which one is granted</td><td>a write by the first</td></tr>
 *   <tr><td>renew</td><td>a write</td><td>a write</td></tr>
 *   <tr><td>hand off within the client</td><td>a write; a read by each other client that waits</td><td>not done</td></tr>
 *   <tr><td>release</td><td>a write</td><td>a read, whether others wait, and a write</td></tr>
 * </table>
 *
 * <p>Order: that in which the entries came to the leader. A client that knows of others that wait, from its last try or release, gets in line with its first request; one that does not, with
 * its third. Who releases and comes back does not overtake an entry. The place is the client's: when one of its calls gives up, the next takes it over.
 *
 * <p>Liveness: whoever waits watches the entry just before its own, and looks for itself every half second times its position, up to ten seconds. Who sees that a lock that can be had is left alone by the same
 * first entry for {@link Line#PATIENCE} times its own position deletes that entry. So a first that is stopped, or dead while its session lives, holds the queue up once, for two seconds and
 * a look; <i>m</i> of them in a row for at most <i>m</i> (<i>m</i> + 1) / 2 times as long. It queues again when it goes on.
 *
 * <p>What breaks the order, and only the order: clients of the other mode, which go past the queue; a client that is stopped, or cut off, for longer than the patience while
 * it is its turn; a session that ends.
 *
 * <h2>What it assumes, and what breaks it</h2>
 *
 * <ul>
 *   <li>A majority of the ensemble keeps what it has logged. An ensemble that is emptied or restored from a backup starts again with small transaction ids, hence tokens.
 *   <li>Clocks of holder, contender and leader run at the same rate within the declared drift.
 *   <li>Only this library touches the znodes. Who deletes {@code base/name} by hand and not the grant first frees a lock whose holder still believes in it until
 *       its next renewal; {@link #forceRelease} does it right.
 *   <li>A client that was stopped so long that its pings are late, and that then loses its follower within half a tick of a confirmed write and finds no other
 *       server, may outlive its session by less than the validity. Like any pause of a holder, this is what fencing tokens are for.
 * </ul>
 *
 * <p>Sources: P. Hunt et al., ZooKeeper: Wait-free coordination for Internet-scale systems, USENIX ATC 2010, sections 2.3 and 2.4 (order guarantees, locks);
 * C. Gray, D. Cheriton, Leases, SOSP 1989 (whose clock counts from when); the classes of ZooKeeper 3.9 that are named here and in {@link Operation}.
 */
final class ZooKeeperBackend implements LockBackend {
    static final Duration MIN_TTL = Duration.ofMillis(100);

    /** A lock that its holders hand on may have another one with each look. */
    private static final int MOST_FORCED = 50;

    private final Settings settings;
    private final Connection connection;
    private final LockPaths paths;
    private final Observations observations;
    private final @Nullable Queues queues;
    private final SpareGrants spareGrants = new SpareGrants();
    private final HolderLine holderLine = new HolderLine();
    private final Capabilities capabilities;
    /** Removals under way: asking twice for one attempt joins the first. */
    private final Map<UUID, CompletionStage<ReleaseOutcome>> removals = new ConcurrentHashMap<>();

    /** @param connection open; this backend closes it */
    ZooKeeperBackend(Settings settings, Connection connection) {
        this.settings = settings;
        this.connection = connection;
        this.paths = new LockPaths(settings.base());
        this.observations = new Observations(connection, settings.timeSource());
        this.queues = settings.fair() ? new Queues(this, connection) : null;
        connection.onNewSession(this::sessionEnded);
        this.capabilities = Capabilities.builder(ZooKeeperLockProvider.SCHEME, FencingClass.CONSENSUS)
                .guarantee(
                        "One holder as long as a majority of the ensemble keeps its log and clocks run at the same rate"
                                + " within 1 %; no wall clock matters; a paused holder is held off by its token only"
                                + (settings.fair()
                                        ? "; waiters in the order of arrival, while all clients are fair"
                                        : ""))
                .durability(Durability.RESTART)
                .expiry(ExpiryClass.OBSERVED)
                .clockTrust(ClockTrust.NONE)
                .ttlRange(MIN_TTL, connection.sessionTimeout())
                .longestValidity(longestValidity(connection.sessionTimeout()))
                // from the holder's last write to the contender's look, and from the end of the ttl to the take-over: a
                // few rounds; in fair mode, also if the first in line has died with the holder
                .grace(settings.fair() ? Line.PATIENCE.plus(Duration.ofSeconds(1)) : Duration.ofSeconds(1))
                .fair(settings.fair())
                .wakeUps(true)
                .cohortHandoff(!settings.fair())
                .handoffBound(Duration.ofSeconds(1))
                .build();
    }

    LockPaths paths() {
        return paths;
    }

    Connection connection() {
        return connection;
    }

    Observations observations() {
        return observations;
    }

    HolderLine holderLine() {
        return holderLine;
    }

    SpareGrants spareGrants() {
        return spareGrants;
    }

    /** Null unless in fair mode. */
    @Nullable
    Queues queues() {
        return queues;
    }

    private void sessionEnded() {
        // first: who is woken by what follows must not believe in a place that is gone
        if (queues != null) {
            queues.sessionEnded();
        }
        observations.sessionEnded();
    }

    /** What an entry in a queue says to whoever looks at it by hand. */
    byte[] entryData() {
        return settings.holder().getBytes(UTF_8);
    }

    List<ACL> acl() {
        return settings.acl();
    }

    long now() {
        return settings.timeSource().nanoTime();
    }

    /** What a confirmed write in that session promises. */
    Duration validity(Duration ttl, ZooKeeper session) {
        Duration most = longestValidity(Duration.ofMillis(session.getSessionTimeout()));
        return ttl.compareTo(most) < 0 ? ttl : most;
    }

    private static Duration longestValidity(Duration sessionTimeout) {
        return sessionTimeout.multipliedBy(2).dividedBy(5);
    }

    LockUnavailableException unavailable(String reason, @Nullable Throwable cause, String name) {
        return new LockUnavailableException(settings + ": lock '" + name + "': " + reason, cause, name, null, null);
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        return attempt(request, settings.operationTimeout());
    }

    private CompletionStage<AttemptOutcome> attempt(AttemptRequest request, Duration limit) {
        AcquireOperation operation = new AcquireOperation(this, connection, request);
        AttemptOutcome known = operation.known();
        CompletionStage<AttemptOutcome> answer =
                known != null ? CompletableFuture.completedFuture(known) : operation.start(limit);
        return answer.whenComplete((outcome, defect) -> operation.ended(outcome));
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        HeldGrant held = (HeldGrant) grant;
        long start = now();
        if (queues != null) {
            return oneAfterTheOther(held, request, start);
        }
        return new HandOffOperation(this, connection, held, request)
                .start(settings.operationTimeout())
                .thenCompose(done -> done.<CompletionStage<HandoffOutcome>>map(CompletableFuture::completedFuture)
                        .orElseGet(() -> oneAfterTheOther(held, request, start)));
    }

    private CompletionStage<HandoffOutcome> oneAfterTheOther(HeldGrant grant, AttemptRequest request, long start) {
        return release(grant, left(start))
                .thenCompose(released ->
                        attempt(request, left(start)).thenApply(attempted -> new HandoffOutcome(released, attempted)));
    }

    /** Of the time that an operation has which began then. */
    private Duration left(long start) {
        Duration left = settings.operationTimeout().minusNanos(now() - start);
        return left.isNegative() ? Duration.ZERO : left;
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        return new RenewOperation(this, connection, (HeldGrant) grant, ttl).start(settings.operationTimeout());
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        return release((HeldGrant) grant, settings.operationTimeout());
    }

    private CompletionStage<ReleaseOutcome> release(HeldGrant grant, Duration limit) {
        CompletionStage<ReleaseOutcome> removal =
                remove(grant.name(), grant.attemptId(), grant.grantName(), true, grant);
        return inTime(removal, grant.name(), limit);
    }

    /** Begins to remove a grant that its holder gives up, and goes on until it is done. */
    void remove(HeldGrant grant) {
        remove(grant.name(), grant.attemptId(), grant.grantName(), true, null);
    }

    /**
     * Begins to remove what an attempt may have made, and goes on until it is done.
     *
     * @param own whether the grant's znode is there only if the attempt holds the lock
     */
    void cleanUp(AttemptRequest request, GrantName grant, boolean own) {
        remove(request.name(), request.attemptId(), grant, own, null);
    }

    /** Keeps the znode of a grant that nobody has for a next one, or deletes it. */
    void spare(ZooKeeper zk, GrantName grant) {
        if (!spareGrants.keep(zk, grant)) {
            drop(grant);
        }
    }

    /** Deletes the znode of a grant that nobody has and nobody will, if it is there. */
    void drop(GrantName grant) {
        new LeaveOperation(connection, paths.grant(grant)).start();
    }

    private CompletionStage<ReleaseOutcome> remove(
            String name, UUID attemptId, GrantName grant, boolean certain, @Nullable HeldGrant released) {
        CompletionStage<ReleaseOutcome> removal = removals.computeIfAbsent(attemptId, id -> {
            RemoveOperation operation = new RemoveOperation(this, connection, name, grant, certain, released);
            return operation.start().whenComplete((outcome, defect) -> operation.ended());
        });
        // forgotten before anybody is answered, so that whoever asks again is not given the same answer
        return removal.whenComplete((outcome, defect) -> removals.remove(attemptId, removal));
    }

    private CompletionStage<ReleaseOutcome> inTime(
            CompletionStage<ReleaseOutcome> removal, String name, Duration limit) {
        CompletableFuture<ReleaseOutcome> answer = new CompletableFuture<>();
        Future<?> deadline = connection.after(
                limit,
                () -> answer.complete(new ReleaseOutcome.Indeterminate(unavailable("no answer in time", null, name))));
        removal.whenComplete((outcome, defect) -> {
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (defect == null) {
                answer.complete(outcome);
            } else {
                answer.completeExceptionally(defect);
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return read(name)
                .thenApply(found -> found.map(seen -> {
                    Seen watched = observations.watched(paths.lock(name));
                    Seen known = watched != null && watched.isSame(seen) ? watched : seen;
                    HolderText text = known.text();
                    return new LockState(
                            name,
                            text == null ? "unknown, not a client of this library" : text.holder(),
                            new FencingToken(known.token()),
                            Optional.ofNullable(known.remaining(now())),
                            text == null ? Map.of() : text.metadata());
                }));
    }

    private CompletionStage<Optional<Seen>> read(String name) {
        return new ReadOperation(this, connection, name)
                .start(settings.operationTimeout())
                .thenApply(result -> {
                    if (result instanceof ReadOperation.Found found) {
                        return found.seen();
                    }
                    ReadOperation.Failed failed = (ReadOperation.Failed) result;
                    throw unavailable(failed.reason(), failed.cause().orElse(null), name);
                });
    }

    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return inTime(forceRelease(name, 1, null), name, settings.operationTimeout())
                .exceptionally(ReleaseOutcome.Indeterminate::new);
    }

    private CompletionStage<ReleaseOutcome> forceRelease(String name, int round, @Nullable Seen before) {
        return read(name).thenCompose(found -> {
            if (found.isEmpty()) {
                return CompletableFuture.completedFuture(new ReleaseOutcome.NotHeld());
            }
            Seen seen = found.get();
            HolderText text = seen.text();
            GrantName grant = seen.grant();
            if (text == null || grant == null) {
                return CompletableFuture.completedFuture(new ReleaseOutcome.Indeterminate(unavailable(
                        "the data of " + paths.lock(name) + " is not of this library; delete it by hand", null, name)));
            }
            if (before != null && before.isSame(seen)) {
                return new RemoveOperation(this, connection, name, seen).start();
            }
            return remove(name, text.attemptId(), grant, true, null).thenCompose(outcome -> {
                // nothing removed: gone since the look, and perhaps somebody else has come, who is then to go;
                // or the
                // grant alone was deleted by hand
                boolean again = outcome instanceof ReleaseOutcome.NotHeld && round < MOST_FORCED;
                return again ? forceRelease(name, round + 1, seen) : CompletableFuture.completedFuture(outcome);
            });
        });
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return queues != null ? queues.enter(name, wakeUp) : observations.subscribe(paths.lock(name), wakeUp, true);
    }

    @Override
    public void close() {
        connection.close();
    }
}

package io.fencepost.lock.redlock;

import io.fencepost.lock.FencingToken;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LockUnavailableException;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.redlock.Poll.Result;
import io.fencepost.lock.redlock.SightCount.Sight;
import io.fencepost.lock.spi.AttemptOutcome;
import io.fencepost.lock.spi.AttemptRequest;
import io.fencepost.lock.spi.Capabilities;
import io.fencepost.lock.spi.ClockTrust;
import io.fencepost.lock.spi.Durability;
import io.fencepost.lock.spi.FencingClass;
import io.fencepost.lock.spi.Grant;
import io.fencepost.lock.spi.HandoffOutcome;
import io.fencepost.lock.spi.LockBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Redlock with fencing tokens, over N = 1, 3, 5, 7 or 9 independent Redis masters; a quorum is q = (N + 1) / 2.
 *
 * <h2>Algorithm</h2>
 *
 * Every attempt has a fresh id, in the value that marks its lock. A node keeps two keys a lock: {@code lock}, the value of who holds it there, with an expiry; and {@code fence}, a
 * number that never expires and never goes down. The scripts, each atomic at its node (their texts are in the {@code .lua} resources):
 *
 * <ul>
 *   <li>ACQUIRE(value, ttl, hint, marker): if nobody's, {@code fence := max(fence, hint) + 1}, take the lock, answer <em>granted, c = fence</em>; else <em>denied</em>. Refused by a node that
 *       does not bear the marker, of which see below.
 *   <li>RAISE(value, c, m): if the lock is still ours and the fence still c, {@code fence := m}; true as well if it is m already.
 *   <li>HANDOFF(value, ttl, hint, predecessor's value, marker): RELEASE of the predecessor and then ACQUIRE, as one step; without the publishing, as the lock is not free in between.
 *   <li>RELEASE(value): if ours, delete the lock and publish that. EXTEND(value, ttl): if ours, prolong; it never creates. FORCE(value): if the
 *       lock is that, raise the fence and delete it.
 * </ul>
 *
 * An attempt sends ACQUIRE to all nodes at once. If q granted an equal c, that is the token, after one round. Otherwise, as soon as q granted, m is the greatest of their c, those below
 * are told to RAISE, and the token is m once q of the granted are known to have been at m while they bore our mark. Grants that come later join only if their c is not above m. If that
 * cannot succeed any more, or at the deadline, the attempt is given up: RELEASE to all that may bear its mark. {@link AcquireRound} is this decision alone; a test checks it, and that each
 * way of weakening it is noticed, over random and exhaustive interleavings.
 *
 * <p>A cohort handoff is that round with HANDOFF in the place of ACQUIRE ({@link Handoff}), once the client has given the predecessor's lease up. At each node it is exactly the sequence of
 * RELEASE and ACQUIRE, which may come right after each other anyhow, so that all that is said below holds for it word for word; and a node where neither took place is as if both messages were
 * late, but that it is sent the RELEASE by itself, now or over the next connection. The hint is then at least the predecessor's token, so that a node which missed that agrees again.
 *
 * <p>The hint is the wall clock in milliseconds: nodes then grant equal numbers almost always. It is for speed only. A client whose clock is far ahead makes the tokens of the locks that it
 * takes jump, no more ({@code tokenHint=none} does without); it is capped at 2<sup>52</sup>, so that {@code fence + 1} stays exact in Lua's doubles (2<sup>53</sup>), which the scripts check too.
 *
 * <h2>Why tokens are in order, without clocks</h2>
 *
 * Let A and B both hold the lock at some time, with tokens a and b, each vouched for by a quorum. The quorums share a node; there both were granted, and the later of the two grants (say
 * B's) came when A's mark was gone. A's RAISE there, if there was one, came before that, because RAISE requires A's mark. So B was granted there at least a + 1, and b is not below what
 * any node of its quorum granted. Nothing here depends on when or why A's mark went away: expiry by a wrong clock breaks exclusion, not the order of tokens. It does rest on nodes that
 * forget nothing, or are caught up before they count again.
 *
 * <h2>Why there is one holder</h2>
 *
 * A lease is valid on the client from before ACQUIRE (or EXTEND) was sent for ttl less one percent and 2 ms (the core counts); the quorum that answered keeps the mark for ttl from
 * after that. A second holder needs a quorum, and so a node of the first. This does depend on clocks: not on what they show, but that at no quorum they run more than a percent
 * fast or jump forward. One time is told by what they show, the uptime of a server that was restarted, see below.
 *
 * <h2>What each outcome means</h2>
 *
 * An attempt that this client gave up holds nothing in the sense of the API whatever the nodes do later: nobody else can get its token, and its id is not used again. What is left is how
 * far its marks can stand in the way of others.
 *
 * <ul>
 *   <li><em>Contended</em> and <em>Unavailable</em>: certain. At least N − q + 1 nodes do not bear the mark and never will (they denied it, answered with an error, which the scripts
 *       can only do before their last write, or were not asked), so that its marks could never have been a quorum. Contended if another's mark was seen and, as far as is known, a quorum could be
 *       asked; else unavailable. Marks at a minority are released behind; another attempt that meets them in between may be denied there.
 *   <li><em>Indeterminate</em>: a quorum may bear the mark, or may yet: answers are missing. Each node is sent RELEASE when its answer comes, however late ({@link Acquisition}), and where a
 *       connection broke before that, over the next one ({@link OwedReleases}). An ACQUIRE that was in the server's buffers when its connection broke can still be carried out after that
 *       RELEASE: the mark then stays for one ttl at that node, and blocks, but grants nothing.
 *   <li>Renewed: q nodes prolonged. Lost: q nodes no longer bear the mark, so it cannot have a quorum. Else indeterminate, and the validity stays as it was. A late EXTEND is harmless: it
 *       needs the mark.
 *   <li>Released: q nodes bore the mark and deleted it. NotHeld: q nodes did not bear it. Else indeterminate; repeating is safe. In a chain of handoffs a slow node may never be asked for some of
 *       the leases; there the mark that gives way is that of an earlier lease of the chain, and that nobody else's was there since is what counts.
 * </ul>
 *
 * A lost answer of RAISE counts as not raised. A client that is paused at any line finds its lease too old when it wakes, because validity counts from before the first request.
 *
 * <h2>Restarts</h2>
 *
 * A node that forgets a mark lets a second holder in; one that forgets a fence lets tokens go down. So a node counts only while it bears the marker that it was admitted with: a random
 * number and the run id of the server ({@link Marker}). Every connection begins with the question who is at the other end, before any script is called over it ({@link Node},
 * {@link Examination}): a marker of another run tells a restart, whoever was connected then, and no marker tells lost data. ACQUIRE compares the marker as well, atomically with the grant,
 * so that a loss behind an open connection is found out by the first attempt. {@link NodeMemory} says what to think of one node, {@link Membership} what follows from all of them.
 *
 * <ul>
 *   <li>A restart of a node that syncs every write ({@code appendonly yes}, {@code appendfsync always}) and comes back with its marker: it counts again at once.
 *   <li>Any other restart, and any loss of the marker: the node stays out for the longest ttl ({@code maxTtl}, to be the same for all clients), after which no mark that it forgot can be in
 *       force. That time is counted by the client that admits it, from when it noticed the restart, or first saw the marker that stands for the lost one: it is set as soon as the
 *       loss is noticed, and another loss would take it away. Only after a restart with the marker kept, a client that had not met the node counts by the server's uptime, which is
 *       of its wall clock: a jump of that ahead shortens the wait. Then its fences are raised to what a quorum of the others has, and only then it counts ({@link CatchUp}, with the
 *       proof). Several clients may do that at the same time.
 *   <li>No node bears a marker: a new deployment, or one that forgot everything, which cannot be told apart. Nodes that may forget must then have been up for the longest ttl; and where not
 *       all nodes can be seen, a quorum must have been seen for as long.
 *   <li>The limit: at most a minority, N − q nodes, may have forgotten at the same time. If more have, but not all, exclusion is kept, and the order of tokens follows the hints, and so is
 *       kept as far as the clients' wall clocks are right.
 *   <li>Not guarded: a node that claims to sync every write and comes back with the data and the marker of an earlier day, unless a client was connected to it in between; evicted keys;
 *       locks and fences deleted one by one; a node that is emptied while the request of a client that found it new is under way to it; replicas that are promoted. Warnings in the log
 *       say when a server is configured so.
 * </ul>
 *
 * NOSCRIPT means that an operator flushed the scripts, or that something between us and the server hides a restart: the node is examined again before it counts. Scripts are never sent by EVAL.
 *
 * @see <a href="https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/">S. Sanfilippo, Distributed Locks with Redis</a>
 * @see <a href="https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html">M. Kleppmann, How to do distributed locking, 2016</a>
 */
final class RedlockBackend implements LockBackend {
    private static final Logger log = LoggerFactory.getLogger(RedlockBackend.class);
    private static final String GUARANTEE =
            "A quorum of independent Redis nodes admits one holder as long as no quorum's clocks jump or run a percent fast; "
                    + "tokens are in order whatever clocks do as long as no node forgets; a minority that forgets is kept out and caught up first.";
    private static final long MAX_HINT = 1L << 52;
    private static final Duration TICK = Duration.ofMillis(250);
    /** How long a client that has its quorum waits for the rest when it opens: enough for healthy nodes, short for a stopped one. */
    private static final Duration STRAGGLERS = Duration.ofMillis(200);

    private final Settings settings;
    private final Driver driver;
    private final List<Node> nodes;
    private final WakeUps wakeUps;
    private final Capabilities capabilities;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedlockBackend(Settings settings) {
        this.settings = settings;
        this.driver = new Driver(settings);
        RunIds runIds = new RunIds();
        Membership membership = new Membership(settings.addresses().size());
        List<Node> made = new ArrayList<>();
        for (int i = 0; i < settings.addresses().size(); i++) {
            made.add(new Node(i, settings, driver, runIds, membership, made::get));
        }
        this.nodes = List.copyOf(made);
        this.wakeUps = new WakeUps(settings, driver);
        this.capabilities = Capabilities.builder("redlock", FencingClass.QUORUM)
                .guarantee(GUARANTEE)
                .durability(Durability.RESTART)
                .clockTrust(nodes.size() == 1 ? ClockTrust.EVERY_SERVER : ClockTrust.MAJORITY)
                .ttlRange(Duration.ofMillis(100), settings.maxTtl())
                .grace(Duration.ofMillis(5))
                .wakeUps(true)
                .cohortHandoff(true)
                .build();
    }

    /** @throws LockUnavailableException naming what is wrong at which address; nothing is left running */
    static RedlockBackend open(Settings settings) {
        RedlockBackend backend = new RedlockBackend(settings);
        try {
            backend.connect();
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
        return backend;
    }

    private void connect() {
        nodes.forEach(Node::connect);
        CompletableFuture<?> allTried =
                CompletableFuture.allOf(nodes.stream().map(Node::tried).toArray(CompletableFuture<?>[]::new));
        CompletableFuture<Void> quorumMet = new CompletableFuture<>();
        AckCount count = new AckCount(nodes.size());
        for (Node node : nodes) {
            node.met().thenRun(() -> {
                synchronized (count) {
                    if (count.yes() == AckCount.Decision.YES) {
                        quorumMet.complete(null);
                    }
                }
            });
        }
        await(CompletableFuture.anyOf(quorumMet, allTried), settings.connectTimeout());
        if (quorumMet.isDone()) {
            await(allTried, STRAGGLERS);
        }
        // whatever else is wrong, two addresses of one server are a mistake that no waiting mends
        nodes.stream()
                .filter(node -> node.problem() instanceof SameServerException)
                .findFirst()
                .ifPresent(node -> {
                    throw unavailable("redlock: " + node.problem().getMessage(), node.problem());
                });
        if (!quorumMet.isDone()) {
            throw unavailable(
                    "redlock: could not connect to a quorum of " + settings.quorum() + " among " + nodes.size()
                            + " nodes within " + settings.connectTimeout().toMillis() + " ms"
                            + Problems.ofThoseOutOfService(nodes)
                            + ". Check the addresses, that the servers run, and that no firewall is in between",
                    nodes.get(0).problem());
        }
        String missing = Problems.ofThoseOutOfService(nodes);
        if (!missing.isEmpty()) {
            log.warn("redlock: opened without all of the {} nodes{}", nodes.size(), missing);
        }
        driver.after(TICK, this::tick);
    }

    private LockUnavailableException unavailable(String message, Throwable cause) {
        return new LockUnavailableException(message, cause, null, settings.holder(), null);
    }

    private void await(CompletableFuture<?> future, Duration limit) {
        try {
            future.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("redlock: interrupted while connecting", e);
        } catch (TimeoutException | ExecutionException e) {
            // whoever waited looks at what has been reached
            return;
        }
    }

    private void tick() {
        if (!closed.get()) {
            nodes.forEach(Node::tick);
            wakeUps.tick();
            driver.after(TICK, this::tick);
        }
    }

    List<Node> nodes() {
        return nodes;
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public CompletionStage<AttemptOutcome> attempt(AttemptRequest request) {
        wakeUps.attemptStarts(request.name());
        return new Acquisition(nodes, request, settings).start(hint(), driver);
    }

    private long hint() {
        if (settings.tokenHint() == TokenHint.NONE) {
            return 0;
        }
        return Math.min(Math.max(0, System.currentTimeMillis()), MAX_HINT);
    }

    @Override
    public CompletionStage<RenewOutcome> renew(Grant grant, Duration ttl) {
        String[] args = {((RedlockGrant) grant).value(), Long.toString(Acquisition.millisUp(ttl))};
        return Poll.ofSuccess(
                        nodes,
                        Script.EXTEND,
                        settings.keys(grant.name()),
                        args,
                        Poll.Gate.OPEN,
                        driver,
                        settings.operationTimeout())
                .thenApply(result -> switch (result.decision()) {
                    case YES -> new RenewOutcome.Renewed(ttl);
                    case NO -> new RenewOutcome.Lost(LossCause.NOT_OWNER);
                    case UNKNOWN, OPEN -> new RenewOutcome.Indeterminate(unknown("renewal", grant.name(), result));
                });
    }

    @Override
    public CompletionStage<ReleaseOutcome> release(Grant grant) {
        RedlockGrant ours = (RedlockGrant) grant;
        String[] args = {
            ours.value(), settings.channel(grant.name()), grant.attemptId().toString()
        };
        return Poll.ofSuccess(
                        nodes,
                        Script.RELEASE,
                        settings.keys(grant.name()),
                        args,
                        ours.origin()::afterAnswer,
                        driver,
                        settings.operationTimeout())
                .thenApply(result -> released(grant.name(), result));
    }

    private ReleaseOutcome released(String name, Result result) {
        return switch (result.decision()) {
            case YES -> new ReleaseOutcome.Released();
            case NO -> new ReleaseOutcome.NotHeld();
            case UNKNOWN, OPEN -> new ReleaseOutcome.Indeterminate(unknown("release", name, result));
        };
    }

    @Override
    public CompletionStage<HandoffOutcome> handOff(Grant grant, AttemptRequest request) {
        wakeUps.attemptStarts(request.name());
        Handoff handoff = new Handoff(nodes, (RedlockGrant) grant, request, settings);
        return handoff.start(hint(), driver)
                .thenCombine(
                        handoff.released(),
                        (attempted, released) -> new HandoffOutcome(released(grant.name(), released), attempted));
    }

    @Override
    public CompletionStage<Optional<LockState>> inspect(String name) {
        return new Inspection(name, nodes).start(settings, driver).thenApply(sight -> {
            if (sight instanceof Sight.Held held) {
                return Optional.of(new LockState(
                        name,
                        Holders.name(held.value()),
                        // a mark set by hand has no fence beside it
                        new FencingToken(Math.max(1, held.fence())),
                        Optional.of(Duration.ofMillis(held.millis())),
                        Holders.metadata(held.value())));
            }
            if (sight instanceof Sight.Free) {
                return Optional.empty();
            }
            throw unseen(name);
        });
    }

    private LockUnavailableException unseen(String name) {
        return new LockUnavailableException(
                "redlock: lock '" + name + "' could not be inspected: fewer than a quorum of " + settings.quorum()
                        + " among " + nodes.size() + " nodes answered" + Problems.ofThoseOutOfService(nodes),
                null,
                name,
                settings.holder(),
                null);
    }

    /**
     * Two rounds: who holds it, then FORCE of that value. A FORCE of whatever is there could reach a node that hangs long after this call, and take the lock
     * from a holder that nobody meant.
     */
    @Override
    public CompletionStage<ReleaseOutcome> forceRelease(String name) {
        return new Inspection(name, nodes).start(settings, driver).thenCompose(sight -> {
            if (sight instanceof Sight.Held held) {
                return force(name, held.value());
            }
            return CompletableFuture.completedFuture(
                    sight instanceof Sight.Free
                            ? new ReleaseOutcome.NotHeld()
                            : new ReleaseOutcome.Indeterminate(unseen(name)));
        });
    }

    private CompletionStage<ReleaseOutcome> force(String name, String value) {
        String[] args = {
            value,
            Long.toString(hint()),
            settings.channel(name),
            UUID.randomUUID().toString()
        };
        return Poll.ofAnswer(nodes, Script.FORCE, settings.keys(name), args, driver, settings.operationTimeout())
                .thenApply(result -> {
                    if (result.decision() != AckCount.Decision.YES) {
                        return new ReleaseOutcome.Indeterminate(unknown("forced release", name, result));
                    }
                    // the quorum that bore the mark shares a node with the one that answered
                    return result.did() ? new ReleaseOutcome.Released() : new ReleaseOutcome.NotHeld();
                });
    }

    private LockUnavailableException unknown(String what, String name, Result result) {
        return new LockUnavailableException(
                "redlock: lock '" + name + "': no quorum of " + settings.quorum() + " among " + nodes.size()
                        + " nodes agreed on the " + what + " within "
                        + settings.operationTimeout().toMillis() + " ms" + Problems.ofThoseOutOfService(nodes),
                result.fault(),
                name,
                settings.holder(),
                null);
    }

    @Override
    public Subscription onReleased(String name, Runnable wakeUp) {
        return wakeUps.on(name, wakeUp);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            nodes.forEach(Node::retire);
            wakeUps.retire();
            driver.close();
        }
    }
}

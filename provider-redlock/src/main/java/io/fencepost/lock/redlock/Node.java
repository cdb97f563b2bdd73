package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.Membership.Decision;
import io.fencepost.lock.spi.BackendConfig.Address;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server and the one connection to it, made anew whenever it is lost.
 *
 * <p>A connection is <em>in service</em> only after the server at its other end has said who it is and {@link Membership} has decided that it counts. As a server's restart ends its
 * connections, every answer comes from an incarnation that was judged before the question was sent; what no connection shows, ACQUIRE finds out by the marker. A node that is not in
 * service refuses calls at once, and is looked at again until it is.
 *
 * <p>Thread-safe. Never blocks.
 */
final class Node implements ScriptTarget {
    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(20);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);
    /** Until a node that does not count is looked at again, the first time: enough for another client that is just admitting it. */
    private static final Duration FIRST_LOOK_AGAIN = Duration.ofMillis(100);
    /** The code of the error by which ACQUIRE says that the node lost its marker. */
    private static final String FORGOTTEN = "FORGOTTEN";
    /** A connection that is not used for so long is tried, so that a dead one is noticed before it is needed. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private final int index;
    private final Address address;
    private final Settings settings;
    private final Driver driver;
    private final RunIds runIds;
    private final Membership membership;
    private final IntFunction<Node> others;
    private final RedisURI uri;
    private final Duration stallLimit;
    private final OwedReleases owed;
    private final CompletableFuture<Void> tried = new CompletableFuture<>();
    private final CompletableFuture<Void> met = new CompletableFuture<>();

    private volatile @Nullable Link link;
    private volatile Throwable problem = new IllegalStateException("not connected yet");

    // guarded by this
    private final NodeMemory memory;
    private @Nullable StatefulRedisConnection<String, String> connection;
    private @Nullable String warnedOf;
    private @Nullable String toldReason;
    private int looks;
    private int failures;
    private boolean closed;

    /**
     * @param index among the nodes of a client
     * @param runIds shared by all of them, as is {@code membership}
     * @param others the nodes by their index
     */
    Node(int index, Settings settings, Driver driver, RunIds runIds, Membership membership, IntFunction<Node> others) {
        this.index = index;
        this.address = settings.addresses().get(index);
        this.settings = settings;
        this.driver = driver;
        this.runIds = runIds;
        this.membership = membership;
        this.others = others;
        this.uri = driver.uri(address);
        this.memory = new NodeMemory(settings.restarts(), settings.maxTtl());
        this.owed = new OwedReleases(settings.maxTtl());
        // a server may hang in fsync for some seconds without being lost
        this.stallLimit = settings.operationTimeout().multipliedBy(2).plusSeconds(1);
    }

    @Override
    public Address address() {
        return address;
    }

    /** Done when the first try to connect has come to something, good or bad. Never fails. */
    CompletableFuture<Void> tried() {
        return tried;
    }

    /** Done when the server has been reached and let us in, and it is known whether it counts. Never fails. */
    CompletableFuture<Void> met() {
        return met;
    }

    @Override
    public boolean inService() {
        return link != null;
    }

    @Override
    public Throwable problem() {
        return problem;
    }

    /** Begins to connect, and from then on keeps connected. */
    void connect() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        driver.client()
                .connectAsync(StringCodec.UTF8, uri)
                .whenComplete((@Nullable StatefulRedisConnection<String, String> made, @Nullable Throwable fault) -> {
                    if (made == null) {
                        outOfService(fault == null ? new IllegalStateException("no connection") : fault);
                    } else {
                        connected(made);
                    }
                });
    }

    private void connected(StatefulRedisConnection<String, String> made) {
        synchronized (this) {
            if (!closed) {
                connection = made;
            }
        }
        made.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                lost(made, new IllegalStateException("the connection was lost"));
            }
        });
        if (isCurrent(made)) {
            examine(made);
        } else {
            made.closeAsync();
        }
    }

    /** Asks the server who it is, and puts it into service if nothing speaks against it. */
    private void examine(StatefulRedisConnection<String, String> subject) {
        Examination.of(subject.async(), settings, driver)
                .whenComplete((@Nullable Incarnation incarnation, @Nullable Throwable fault) -> {
                    if (incarnation == null) {
                        lost(subject, fault == null ? new IllegalStateException("no answer") : fault);
                    } else {
                        judge(subject, incarnation);
                    }
                });
    }

    private void judge(StatefulRedisConnection<String, String> subject, Incarnation incarnation) {
        if (!incarnation.master()) {
            lost(subject, new IllegalStateException("it is a replica; each node must be a master of its own"));
            return;
        }
        Optional<Address> twin = runIds.claim(incarnation.runId(), address);
        if (twin.isPresent()) {
            lost(subject, new SameServerException(address, twin.get()));
            return;
        }
        boolean warn;
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            Standing standing = memory.judge(incarnation, System.nanoTime());
            membership.saw(index, standing);
            warn = !incarnation.runId().equals(warnedOf);
            warnedOf = incarnation.runId();
        }
        if (warn) {
            warnOf(incarnation);
        }
        decide(subject, incarnation.runId());
    }

    private void decide(StatefulRedisConnection<String, String> subject, String runId) {
        long now = System.nanoTime();
        Decision decision = membership.decide(index, now);
        if (decision instanceof Decision.Serve serve) {
            serve(subject, serve.marker());
        } else if (decision instanceof Decision.Admit admit) {
            admit(subject, admit.marker(), runId);
        } else if (decision instanceof Decision.SeeOthers undecided) {
            stayOut(subject, null, undecided.settling(), undecided.reason());
        } else if (decision instanceof Decision.Mark) {
            mark(subject);
        } else if (decision instanceof Decision.StayOut out) {
            stayOut(subject, Duration.ofNanos(out.until() - now), false, out.reason());
        } else if (decision instanceof Decision.CatchUp catchUp) {
            if (isFirstLook()) {
                stayOut(subject, FIRST_LOOK_AGAIN, false, "its fences are to be caught up");
            } else {
                catchUp(subject, catchUp, runId);
            }
        }
    }

    private synchronized boolean isFirstLook() {
        return looks == 0;
    }

    private void warnOf(Incarnation incarnation) {
        if (!incarnation.evictsNothing() || !incarnation.syncsEveryWrite()) {
            log.warn(
                    "redlock: node {} has {}; locks and fences are safe only with appendonly=yes appendfsync=always maxmemory-policy=noeviction. "
                            + "Restarts of it are handled by restarts={} maxTtl={}",
                    address,
                    incarnation.keeps(),
                    settings.restarts(),
                    settings.maxTtl());
        }
    }

    private void serve(StatefulRedisConnection<String, String> subject, String marker) {
        Link served = new Link(subject, marker);
        boolean again;
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            again = failures > 0;
            failures = 0;
            looks = 0;
            toldReason = null;
            link = served;
        }
        if (again) {
            log.info("redlock: node {} is in service again", address);
        } else {
            log.debug("redlock: node {} is in service", address);
        }
        met.complete(null);
        tried.complete(null);
        owed.drain((keys, args) -> call(Script.RELEASE, keys, args, Ignored.REPLY));
    }

    /** Sets the marker if it is still the one that the decision was about, and looks again if not: then another client was faster. */
    private void admit(StatefulRedisConnection<String, String> subject, String expected, String runId) {
        String marker = Marker.admitting(runId);
        ask(subject, Script.ADMIT, new String[] {settings.markerKey()}, expected, marker)
                .whenComplete((@Nullable List<Object> answer, @Nullable Throwable fault) -> {
                    if (answer == null) {
                        lost(subject, fault == null ? new IllegalStateException("no answer") : fault);
                    } else if (answer.get(0).equals(1L) && isCurrent(subject)) {
                        membership.saw(index, new Standing.Member(marker));
                        serve(subject, marker);
                    } else {
                        lookAgain(subject, FIRST_LOOK_AGAIN);
                    }
                });
    }

    /** Whether it or another client was faster, there is something to see. */
    private void mark(StatefulRedisConnection<String, String> subject) {
        ask(subject, Script.ADMIT, new String[] {settings.markerKey()}, Marker.NONE, Marker.joining())
                .whenComplete((@Nullable List<Object> answer, @Nullable Throwable fault) ->
                        lookAgain(subject, answer == null ? LAST_RETRY : Duration.ZERO));
    }

    private void catchUp(StatefulRedisConnection<String, String> subject, Decision.CatchUp order, String runId) {
        met.complete(null);
        tried.complete(null);
        if (order.needed() == 0) {
            log.error(
                    "redlock: node {} is to join again, and fewer than a quorum of {} other nodes remember what they acknowledged. "
                            + "Its fences are raised to the greatest that can be read; tokens of locks that were used before are in order only as far as the clients' wall clocks are",
                    address,
                    settings.quorum());
        }
        List<CatchUp.Source> sources = order.sources().stream()
                .map(other -> others.apply(other).source(order.needed() > 0))
                .toList();
        new CatchUp(settings, (script, keys, args) -> ask(subject, script, keys, args), order.marker(), order.needed())
                .from(sources)
                .whenComplete((@Nullable Long fences, @Nullable Throwable fault) -> {
                    if (fault instanceof CancellationException) {
                        lookAgain(subject, Duration.ZERO);
                    } else if (fences == null) {
                        log.warn(
                                "redlock: the fences of node {} could not be caught up: {}. It is tried again",
                                address,
                                fault == null ? "no answer" : Problems.text(Problems.root(fault)));
                        lookAgain(subject, LAST_RETRY);
                    } else {
                        log.info("redlock: node {} has caught up; {} fences were compared", address, fences);
                        admit(subject, order.marker(), runId);
                    }
                });
    }

    /**
     * This node to be read, over the connection that it has now and no later one: after a restart that cost it some writes it could still bear the same marker.
     *
     * @param inService whether it must be in service
     */
    private CatchUp.Source source(boolean inService) {
        StatefulRedisConnection<String, String> current;
        String marker;
        synchronized (this) {
            Link served = link;
            current = inService ? (served == null ? null : served.connection()) : connection;
            marker = served == null ? membership.marker(index) : served.marker();
        }
        return new CatchUp.Source(
                marker,
                (script, keys, args) ->
                        current == null ? CompletableFuture.failedFuture(problem) : ask(current, script, keys, args));
    }

    private CompletableFuture<List<Object>> ask(
            StatefulRedisConnection<String, String> subject, Script script, String[] keys, String... args) {
        CompletableFuture<List<Object>> answer;
        try {
            answer = subject.async()
                    .<List<Object>>evalsha(script.digest(), ScriptOutputType.MULTI, keys, args)
                    .toCompletableFuture()
                    .thenApply(Function.identity());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        Runnable cancel = driver.after(
                settings.connectTimeout(),
                () -> answer.completeExceptionally(new TimeoutException(
                        "it did not answer within " + settings.connectTimeout().toMillis() + " ms")));
        answer.whenComplete((never, fault) -> cancel.run());
        return answer;
    }

    /**
     * Keeps the connection and looks again before long, because another client may admit the node at any time.
     *
     * @param remaining for how long at least, if that is known
     * @param settling whether it is about to be known if it must stay out at all
     */
    private void stayOut(
            StatefulRedisConnection<String, String> subject,
            @Nullable Duration remaining,
            boolean settling,
            String reason) {
        String howLong = remaining == null ? "" : " for " + (remaining.toSeconds() + 1) + " s";
        boolean tell;
        Duration pause;
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            link = null;
            problem = new IllegalStateException("out of service" + howLong + ": " + reason);
            pause = FIRST_LOOK_AGAIN.multipliedBy(1L << Math.min(looks, 8));
            looks += settling ? 0 : 1;
            // at the first look, another client may be about to admit it
            tell = looks > 1 && !reason.equals(toldReason);
            if (tell) {
                toldReason = reason;
                failures = Math.max(failures, 1);
            }
        }
        if (tell) {
            met.complete(null);
            tried.complete(null);
            log.warn(
                    "redlock: node {} stays out of service{}: {}. It joins by itself after that, with the fences that the others have; "
                            + "if its data is known to be complete, restarts=trust lets it join at once",
                    address,
                    howLong,
                    reason);
        }
        Duration longest = remaining == null || remaining.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : remaining;
        lookAgain(subject, pause.compareTo(longest) < 0 ? pause : longest);
    }

    private void lookAgain(StatefulRedisConnection<String, String> subject, Duration pause) {
        driver.after(pause, () -> {
            if (isCurrent(subject)) {
                examine(subject);
            }
        });
    }

    private synchronized boolean isCurrent(StatefulRedisConnection<String, String> subject) {
        return connection == subject;
    }

    private void lost(StatefulRedisConnection<String, String> subject, Throwable cause) {
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            connection = null;
            link = null;
            looks = 0;
        }
        subject.closeAsync();
        outOfService(cause);
    }

    private void outOfService(Throwable cause) {
        Duration pause;
        boolean first;
        Throwable root = Problems.root(cause);
        membership.saw(index, new Standing.Unseen(true));
        synchronized (this) {
            problem = root;
            first = failures == 0;
            pause = closed ? Duration.ZERO : retryPause(failures++);
        }
        // the first failure is told by whoever opens the client
        boolean opening = tried.complete(null);
        if (!pause.isZero()) {
            if (first && !opening) {
                log.warn("redlock: node {} is out of service: {}", address, Problems.text(root));
            }
            driver.after(pause, this::connect);
        }
    }

    private static Duration retryPause(int failures) {
        long ceiling = Math.min(LAST_RETRY.toMillis(), FIRST_RETRY.toMillis() << Math.min(failures, 16));
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(ceiling / 2, ceiling + 1));
    }

    @Override
    public void call(Script script, String[] keys, String[] args, NodeReply reply) {
        Link current = link;
        if (current == null) {
            notSent(script, keys, args, reply, problem);
            return;
        }
        boolean attempt = script.isAttempt();
        if (!current.begin(attempt)) {
            reply.failed(false, new IllegalStateException("it leaves too many attempts unanswered"));
            return;
        }
        RedisFuture<List<Object>> future;
        try {
            future = attempt
                    ? current.connection()
                            .async()
                            .evalsha(
                                    script.digest(),
                                    ScriptOutputType.MULTI,
                                    plus(keys, settings.markerKey()),
                                    plus(args, current.marker()))
                    : current.connection().async().evalsha(script.digest(), ScriptOutputType.MULTI, keys, args);
        } catch (RuntimeException e) {
            current.end(attempt);
            notSent(script, keys, args, reply, e);
            return;
        }
        future.whenComplete((@Nullable List<Object> answer, @Nullable Throwable fault) -> {
            current.end(attempt);
            if (answer != null) {
                reply.answered(answer);
                return;
            }
            Throwable cause = fault == null ? new IllegalStateException("no answer") : Problems.root(fault);
            if (script == Script.RELEASE) {
                owed.add(keys, args);
            }
            // an error of the server means that the script was refused or stopped before its deciding write
            boolean refused = cause instanceof RedisCommandExecutionException;
            if (cause instanceof RedisNoScriptException
                    || cause instanceof RedisReadOnlyException
                    || (refused && String.valueOf(cause.getMessage()).startsWith(FORGOTTEN))) {
                suspect(current, cause);
            }
            reply.failed(!refused, cause);
        });
    }

    private static String[] plus(String[] array, String last) {
        String[] longer = Arrays.copyOf(array, array.length + 1);
        longer[array.length] = last;
        return longer;
    }

    private void notSent(Script script, String[] keys, String[] args, NodeReply reply, Throwable cause) {
        if (script == Script.RELEASE) {
            owed.add(keys, args);
        }
        reply.failed(false, cause);
    }

    /** The server no longer knows our scripts or its marker, or became a replica: it is out of service until it has been examined again. */
    private void suspect(Link subject, Throwable cause) {
        synchronized (this) {
            if (link != subject) {
                return;
            }
            link = null;
            failures++;
            problem = cause;
        }
        log.warn(
                "redlock: node {} answered '{}': its scripts or its data were flushed, or it is not the server that it was. "
                        + "It is examined again before it counts; its locks are kept unless it turns out to have forgotten them",
                address,
                Problems.text(cause));
        examine(subject.connection());
    }

    /** Looks after the connection; to be called a few times a second. */
    void tick() {
        Link current = link;
        if (current == null) {
            return;
        }
        Duration silent = current.silence();
        if (!current.connection().isOpen()) {
            lost(current.connection(), new IllegalStateException("the connection was lost"));
        } else if (silent.compareTo(stallLimit) > 0) {
            lost(
                    current.connection(),
                    new IllegalStateException("it answered nothing for " + silent.toSeconds() + " s"));
        } else if (current.idle().compareTo(HEARTBEAT) > 0) {
            current.begin(false);
            current.connection().async().ping().whenComplete((pong, fault) -> current.end(false));
        }
    }

    /** Refuses calls from now on and connects no more. The driver closes the connection itself. */
    synchronized void retire() {
        closed = true;
        connection = null;
        link = null;
        problem = new IllegalStateException("the client is closed");
    }
}

package io.fencepost.lock.redlock;

import io.fencepost.lock.redlock.NodeMemory.Quarantine;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server and the one connection to it, made anew whenever it is lost.
 *
 * <p>A connection is <em>in service</em> only after the server at its other end has said who it is and {@link NodeMemory} has admitted it. As a server's restart ends its connections,
 * every answer comes from an incarnation that was judged before the question was sent. A node that is not in service refuses calls at once.
 *
 * <p>Thread-safe. Never blocks.
 */
final class Node implements ScriptTarget {
    private static final Logger log = LoggerFactory.getLogger(Node.class);

    private static final Duration FIRST_RETRY = Duration.ofMillis(20);
    private static final Duration LAST_RETRY = Duration.ofSeconds(1);
    /** A connection that is not used for so long is tried, so that a dead one is noticed before it is needed. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private final Address address;
    private final Settings settings;
    private final Driver driver;
    private final RunIds runIds;
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
    private int failures;
    private boolean closed;

    /** @param runIds shared by all nodes of a client */
    Node(Address address, Settings settings, Driver driver, RunIds runIds) {
        this.address = address;
        this.settings = settings;
        this.driver = driver;
        this.runIds = runIds;
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

    /** Done when the server has been reached and let us in, even if it stays out of service for a while. Never fails. */
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
        Optional<Quarantine> quarantine;
        boolean warn;
        synchronized (this) {
            quarantine = memory.judge(incarnation, System.nanoTime());
            warn = !incarnation.runId().equals(warnedOf);
            warnedOf = incarnation.runId();
        }
        if (warn) {
            warnOf(incarnation);
        }
        met.complete(null);
        if (quarantine.isPresent()) {
            quarantine(subject, quarantine.get());
        } else {
            serve(subject);
        }
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

    private void serve(StatefulRedisConnection<String, String> subject) {
        Link served = new Link(subject);
        boolean again;
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            again = failures > 0;
            failures = 0;
            link = served;
        }
        if (again) {
            log.info("redlock: node {} is in service again", address);
        } else {
            log.debug("redlock: node {} is in service", address);
        }
        tried.complete(null);
        owed.drain((keys, args) -> call(Script.RELEASE, keys, args, Ignored.REPLY));
    }

    private void quarantine(StatefulRedisConnection<String, String> subject, Quarantine quarantine) {
        log.warn(
                "redlock: node {} stays out of service for {}: {}. It joins by itself after that; "
                        + "if its data is known to be complete, restarts=trust lets it join at once",
                address,
                quarantine.remaining(),
                quarantine.reason());
        synchronized (this) {
            if (connection != subject) {
                return;
            }
            connection = null;
            link = null;
            failures++;
            problem = new IllegalStateException(
                    "out of service for " + quarantine.remaining().toSeconds() + " s: " + quarantine.reason());
        }
        subject.closeAsync();
        tried.complete(null);
        driver.after(quarantine.remaining(), this::connect);
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
        }
        subject.closeAsync();
        outOfService(cause);
    }

    private void outOfService(Throwable cause) {
        Duration pause;
        boolean first;
        Throwable root = Problems.root(cause);
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
        boolean attempt = script == Script.ACQUIRE;
        if (!current.begin(attempt)) {
            reply.failed(false, new IllegalStateException("it leaves too many attempts unanswered"));
            return;
        }
        RedisFuture<List<Object>> future;
        try {
            future = current.connection().async().evalsha(script.digest(), ScriptOutputType.MULTI, keys, args);
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
            if (cause instanceof RedisNoScriptException || cause instanceof RedisReadOnlyException) {
                suspect(current, cause);
            }
            reply.failed(!refused, cause);
        });
    }

    private void notSent(Script script, String[] keys, String[] args, NodeReply reply, Throwable cause) {
        if (script == Script.RELEASE) {
            owed.add(keys, args);
        }
        reply.failed(false, cause);
    }

    /** The server no longer knows our scripts, or became a replica: it is out of service until it has been examined again. */
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
                "redlock: node {} answered '{}': its scripts were flushed, or it is not the server that it was. "
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

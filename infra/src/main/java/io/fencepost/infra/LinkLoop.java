package io.fencepost.infra;

import io.netty.channel.IoEventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one thread on which everything about some links happens, so that a disturbance is in force everywhere at once.
 *
 * <p>A bare loop, not a group of them: the end of a group is announced on Netty's global executor, whose thread would outlive it.
 */
final class LinkLoop {

    static final String THREAD_PREFIX = "fencepost-infra-links";

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final long END_LIMIT_MS = 20_000;

    private final IoEventLoop events;
    private volatile @Nullable Thread thread;

    LinkLoop() {
        this.events = new SingleThreadIoEventLoop(null, this::newThread, NioIoHandler.newFactory());
    }

    IoEventLoop events() {
        return events;
    }

    /** Runs an action on the loop and waits for it. */
    synchronized <T> T call(Callable<T> action) {
        if (events.isShuttingDown()) {
            throw new IllegalStateException("these links are closed");
        }
        try {
            return events.submit(action).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the links failed", e.getCause());
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for the links", e);
        }
    }

    /** Runs a last action and ends the thread, the first time; waits for both. */
    synchronized void end(Runnable last) {
        if (events.isShuttingDown()) {
            return;
        }
        // apart from the shutdown, which would close the channels itself before it comes to this action
        events.submit(last).awaitUninterruptibly();
        events.shutdownGracefully(0, END_LIMIT_MS, TimeUnit.MILLISECONDS);
        boolean ended = events.terminationFuture().awaitUninterruptibly(END_LIMIT_MS);
        Thread worker = thread;
        if (!ended || worker == null) {
            throw new IllegalStateException("the links did not end within " + END_LIMIT_MS + " ms");
        }
        try {
            worker.join(END_LIMIT_MS);
        } catch (InterruptedException e) {
            throw Waiting.interrupted("waiting for the end of " + worker.getName(), e);
        }
    }

    private Thread newThread(Runnable work) {
        Thread started = new FastThreadLocalThread(work, THREAD_PREFIX + "-" + COUNT.incrementAndGet());
        started.setDaemon(true);
        thread = started;
        return started;
    }
}

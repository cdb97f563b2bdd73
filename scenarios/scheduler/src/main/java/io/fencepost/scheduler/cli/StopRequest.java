package io.fencepost.scheduler.cli;

import io.fencepost.scheduler.worker.WorkerObserver;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a process learns that it is to end: by SIGTERM, by SIGINT (Ctrl-C), with its input, or with what it runs. The process then ends by itself, in order, with an exit code of its own; the JVM's way with these signals, to run
 * shutdown hooks, would make 143 and 130 of it. A second SIGINT ends it at once.
 *
 * <p>Thread-safe.
 */
final class StopRequest {
    private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);
    private static final int KILLED_BY_SIGINT = 130;

    private final CountDownLatch asked = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();

    private StopRequest() {}

    /** Catches the two signals from now on. */
    static StopRequest bySignals() {
        StopRequest request = new StopRequest();
        try {
            catchSignal("TERM", request::ask);
            catchSignal("INT", request::interrupt);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            // a JVM without this class, or one that was started with -Xrs: its end closes connections, and leases run
            // out
            LOG.warn("signals end this process without draining: {}", e.toString());
        }
        return request;
    }

    /** Leaves signals to the JVM. */
    static StopRequest withoutSignals() {
        return new StopRequest();
    }

    /** Asks for the stop also when {@code in} ends. */
    StopRequest alsoAtTheEndOf(InputStream in) {
        Thread reader = new Thread(
                () -> {
                    try {
                        while (in.read() >= 0) {
                            // nobody has anything to say here but by ending
                        }
                    } catch (IOException e) {
                        LOG.debug("the input broke off", e);
                    }
                    ask();
                },
                "fencepost-input");
        reader.setDaemon(true);
        reader.start();
        return this;
    }

    /** Asks for the stop also when a worker fails, so that it does not stay as one that does nothing. */
    WorkerObserver whenFailed() {
        return new WorkerObserver() {
            @Override
            public void failed(Throwable fault) {
                ask();
            }
        };
    }

    /** Blocks until the process is asked to end. */
    void await() throws InterruptedException {
        asked.await();
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    private void ask() {
        asked.countDown();
    }

    private void interrupt() {
        if (interrupted.getAndSet(true)) {
            Runtime.getRuntime().halt(KILLED_BY_SIGINT);
        }
        ask();
    }

    /** By reflection: javac warns of {@code sun.misc.Signal} in a way that cannot be silenced, though it is exported by {@code jdk.unsupported} until there is something in its place. */
    private static void catchSignal(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object caught = Proxy.newProxyInstance(
                StopRequest.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        action.run();
                    }
                    return method.getName().equals("toString") ? name : null;
                });
        try {
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), caught);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("SIG" + name + " cannot be caught", e.getCause());
        }
    }
}

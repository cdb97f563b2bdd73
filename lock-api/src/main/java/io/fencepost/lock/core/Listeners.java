package io.fencepost.lock.core;

import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseListener;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.Subscription;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of one lease: each is told every change, in order, one at a time, and delays nobody but itself. */
final class Listeners {
    private static final Logger log = LoggerFactory.getLogger(Listeners.class);

    private final Lease lease;
    private final Executor callbacks;
    private final List<Registration> registrations = new CopyOnWriteArrayList<>();

    Listeners(Lease lease, Executor callbacks) {
        this.lease = lease;
        this.callbacks = callbacks;
    }

    Registration add(LeaseListener listener, Executor executor) {
        Registration registration = new Registration(listener, executor);
        registrations.add(registration);
        return registration;
    }

    /**
     * Notes a change for all listeners. To be called under the lock that orders the changes; {@link Registration#start} then, outside of it.
     *
     * @return those that have to be started
     */
    List<Registration> enqueue(LeaseState state) {
        return registrations.stream().filter(r -> r.enqueue(state)).toList();
    }

    /** One listener with the changes that it has yet to be told. */
    final class Registration implements Subscription {
        private final LeaseListener listener;
        private final Executor executor;
        private final ArrayDeque<LeaseState> pending = new ArrayDeque<>();
        private boolean running;

        private Registration(LeaseListener listener, Executor executor) {
            this.listener = listener;
            this.executor = executor;
        }

        /** Whether {@link #start} must be called for it. */
        boolean enqueue(LeaseState state) {
            synchronized (pending) {
                pending.add(state);
                boolean start = !running;
                running = true;
                return start;
            }
        }

        void start() {
            // the hop keeps a user's executor that runs in the calling thread, or blocks, off the renewal thread
            callbacks.execute(this::submit);
        }

        private void submit() {
            while (true) {
                try {
                    executor.execute(this::drain);
                    return;
                } catch (RuntimeException e) {
                    log.warn("lock '{}': the executor of a lease listener refused to run it", lease.name(), e);
                }
                synchronized (pending) {
                    pending.poll();
                    if (pending.isEmpty()) {
                        running = false;
                        return;
                    }
                }
            }
        }

        private void drain() {
            while (true) {
                LeaseState state;
                synchronized (pending) {
                    LeaseState next = pending.poll();
                    if (next == null) {
                        running = false;
                        return;
                    }
                    state = next;
                }
                try {
                    listener.stateChanged(lease, state);
                } catch (Throwable t) {
                    log.warn("lock '{}': a lease listener failed at the change to {}", lease.name(), state, t);
                }
            }
        }

        @Override
        public void close() {
            registrations.remove(this);
        }
    }
}

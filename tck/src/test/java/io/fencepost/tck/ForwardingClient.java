package io.fencepost.tck;

import io.fencepost.lock.AcquireOutcome;
import io.fencepost.lock.DistributedLock;
import io.fencepost.lock.FencingToken;
import io.fencepost.lock.Lease;
import io.fencepost.lock.LeaseListener;
import io.fencepost.lock.LeaseState;
import io.fencepost.lock.LockClient;
import io.fencepost.lock.LockOptions;
import io.fencepost.lock.LockState;
import io.fencepost.lock.LossCause;
import io.fencepost.lock.ReleaseOutcome;
import io.fencepost.lock.RenewOutcome;
import io.fencepost.lock.Subscription;
import io.fencepost.lock.spi.Capabilities;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Passes everything on: the base of clients that are broken on purpose. */
class ForwardingClient implements LockClient {
    private final LockClient client;

    ForwardingClient(LockClient client) {
        this.client = client;
    }

    /** What applications get for a lease. */
    Lease changed(Lease lease) {
        return lease;
    }

    /** What a lease is asked for with. */
    LockOptions changed(LockOptions options) {
        return options;
    }

    @Override
    public String holder() {
        return client.holder();
    }

    @Override
    public Capabilities capabilities() {
        return client.capabilities();
    }

    @Override
    public DistributedLock lock(String name, LockOptions options) {
        return new Lock(client.lock(name, changed(options)));
    }

    @Override
    public Optional<LockState> inspect(String name) throws InterruptedException {
        return client.inspect(name);
    }

    @Override
    public CompletableFuture<Optional<LockState>> inspectAsync(String name) {
        return client.inspectAsync(name);
    }

    @Override
    public ReleaseOutcome forceRelease(String name) throws InterruptedException {
        return client.forceRelease(name);
    }

    @Override
    public void close() {
        client.close();
    }

    /** A lock whose leases are changed. */
    class Lock implements DistributedLock {
        private final DistributedLock lock;

        Lock(DistributedLock lock) {
            this.lock = lock;
        }

        @Override
        public String name() {
            return lock.name();
        }

        @Override
        public LockOptions options() {
            return lock.options();
        }

        @Override
        public Lease acquire() throws InterruptedException {
            return changed(lock.acquire());
        }

        @Override
        public Optional<Lease> tryAcquire() throws InterruptedException {
            return lock.tryAcquire().map(ForwardingClient.this::changed);
        }

        @Override
        public Optional<Lease> tryAcquire(Duration waitTime) throws InterruptedException {
            return lock.tryAcquire(waitTime).map(ForwardingClient.this::changed);
        }

        @Override
        public CompletableFuture<AcquireOutcome> acquireAsync(Duration waitTime) {
            return lock.acquireAsync(waitTime)
                    .thenApply(outcome -> outcome instanceof AcquireOutcome.Acquired acquired
                            ? new AcquireOutcome.Acquired(changed(acquired.lease()))
                            : outcome);
        }

        @Override
        public CompletableFuture<Lease> acquireAsync() {
            return lock.acquireAsync().thenApply(ForwardingClient.this::changed);
        }

        @Override
        public Optional<LockState> inspect() throws InterruptedException {
            return lock.inspect();
        }
    }

    /** A lease that passes everything on. */
    static class ForwardingLease implements Lease {
        private final Lease lease;

        ForwardingLease(Lease lease) {
            this.lease = lease;
        }

        @Override
        public String name() {
            return lease.name();
        }

        @Override
        public String holder() {
            return lease.holder();
        }

        @Override
        public FencingToken token() {
            return lease.token();
        }

        @Override
        public LeaseState state() {
            return lease.state();
        }

        @Override
        public Duration remainingValidity() {
            return lease.remainingValidity();
        }

        @Override
        public void ensureValid(Duration needed) {
            lease.ensureValid(needed);
        }

        @Override
        public RenewOutcome renew() throws InterruptedException {
            return lease.renew();
        }

        @Override
        public CompletableFuture<RenewOutcome> renewAsync() {
            return lease.renewAsync();
        }

        @Override
        public ReleaseOutcome release() {
            return lease.release();
        }

        @Override
        public CompletableFuture<ReleaseOutcome> releaseAsync() {
            return lease.releaseAsync();
        }

        @Override
        public CompletionStage<LossCause> lost() {
            return lease.lost();
        }

        @Override
        public Subscription onStateChange(LeaseListener listener, Executor executor) {
            return lease.onStateChange(listener, executor);
        }

        @Override
        public Subscription onStateChange(LeaseListener listener) {
            return lease.onStateChange(listener);
        }

        @Override
        public void close() {
            lease.close();
        }
    }
}

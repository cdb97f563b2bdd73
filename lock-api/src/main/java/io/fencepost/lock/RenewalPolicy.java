package io.fencepost.lock;

/**
 * Whether the client renews leases by itself.
 *
 * <p>Automatic renewal sends a renewal whenever a third of the validity has passed since the last one that succeeded; after a failure it tries again
 * sooner. One that is not answered for a third of the ttl makes the lease {@link LeaseState#SUSPECT}; the next is sent when the provider has answered, or
 * given up within its operation timeout, so keep that below a third of the ttl where a lost answer must leave time for another try. It survives exceptions, never renews after release or loss, never
 * revives a lease, and ends with its validity (rules 4.1 to 4.5).
 */
public enum RenewalPolicy {
    /** Renew at every third of the validity until the lease is released. The default. */
    AUTOMATIC,
    /** Renew only when {@link Lease#renew()} is called: the lease ends by itself. */
    MANUAL
}

package io.fencepost.scheduler.dispatch;

/** How workers come by their jobs. All workers of one store should do it the same way; where they do not, jobs still run, as the locks and the store see to it. */
public enum Dispatch {
    /** Every worker polls for due jobs and tries their locks. Nobody is needed by anybody; workers get in each other's way when many look at few jobs. */
    LEADERLESS,
    /**
     * One elected worker polls for due jobs and gives them to all; the others ask only for what they were given. Shares between tenants are exact over all workers. When the leader dies, nothing new is given
     * until its lock's ttl is over.
     */
    LEADER
}

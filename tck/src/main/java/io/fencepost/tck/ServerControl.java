package io.fencepost.tck;

/**
 * The servers of the backend, to be killed and stopped by the kit. The methods return when what they say is so. The kit heals all servers when a rule ends.
 */
public interface ServerControl {
    /** How many there are. */
    int count();

    /** How many may be gone at a time so that the backend, as it is configured, goes on working: 1 of 3, 2 of 5; 0 for a single server. */
    int tolerated();

    /** Ends a server as a crash does: without a chance to write anything more. Its disk stays. */
    void kill(int server);

    /** Stops a server from doing anything, with its connections left open. */
    void pause(int server);

    /** Lets all paused servers go on, starts all that were killed with the disks they have, and waits until all of them work together again. */
    void heal();
}

package io.fencepost.tck;

import io.fencepost.lock.LockClients;
import io.fencepost.lock.spi.LockBackend;

/**
 * The connections between some clients and the servers, to be disturbed by the kit. Only clients made here go over them; they reach the same locks as all others.
 *
 * <p>The methods that disturb return when the fault is in force. A new fault takes the place of the one before; what was held back stays held back unless the method says otherwise. A proxy
 * between client and server implements them all without knowing the protocol.
 */
public interface ClientLinks extends AutoCloseable {
    /** As {@link ProviderFixture#client()}, over these links. */
    LockClients.Builder client();

    /** As {@link ProviderFixture#backend}, over these links. */
    LockBackend backend(String holder);

    /** Resets all connections and refuses new ones, until {@link #heal()}. */
    void cut();

    /** Lets nothing pass either way. Connections stay open. */
    void freeze();

    /** Holds back what clients send; answers pass. */
    void holdRequests();

    /** Lets requests pass, and holds back what servers answer. */
    void holdAnswers();

    /** Throws away what is held back, resets all connections, and lets everything pass on new ones. */
    void drop();

    /** Delivers what is held back, in its order, and lets everything pass. */
    void heal();

    /** How much is held back now, in bytes or messages: the proof that a fault took effect. */
    long held();

    /**
     * Cuts the links until the servers have forgotten whatever they remember of these clients beyond single requests, such as a session. They stay cut. Default: {@link #cut()}, for
     * protocols without sessions.
     */
    default void endSessions() {
        cut();
    }

    /** Ends the links; their clients have been closed. */
    @Override
    void close();
}

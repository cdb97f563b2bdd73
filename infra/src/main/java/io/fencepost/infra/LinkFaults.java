package io.fencepost.infra;

import java.time.Duration;

/**
 * What can be done to the connections between clients and servers: to all links of {@link FaultyLinks}, or to one
 * {@link FaultyLink}.
 *
 * <p>Every disturbance replaces the one before, and a direction that passes again delivers what was held in it, in order.
 * <em>Requests</em> are the bytes from a client to its server, <em>answers</em> those of the other direction; nothing here knows
 * a protocol. The end of a connection travels with its bytes: where bytes are held, so is the news that one side has closed, has
 * died or refuses. Bytes that the system's buffers have taken on the way to a slow receiver count as passed. Of each direction
 * of a connection about 4 MiB are held; beyond that its sender is no longer read, and is left to what its own buffers take.
 *
 * <p>Thread safe. The methods block until the change is in force on all connections, which takes no longer than a round of an
 * event loop; they are not for the threads of such loops. When interrupted they throw {@link IllegalStateException} and keep the
 * interrupt flag; the change may then be in force or not. After the end of the links they throw {@link IllegalStateException}.
 */
public abstract sealed class LinkFaults permits FaultyLinks, FaultyLink {

    LinkFaults() {}

    /**
     * Resets all connections, on both sides, and refuses new ones until {@link #heal()}: they are accepted and reset at once.
     * The listener is not closed for this, because another process could take its port meanwhile; so a client is connected for
     * a moment, and then sees a reset.
     */
    public final void cut() {
        become(LinkMode.CUT, true);
    }

    /**
     * Lets nothing pass either way while connections stay open. New ones are accepted; their way to the server begins with
     * {@link #heal()}.
     */
    public final void freeze() {
        become(LinkMode.FROZEN, false);
    }

    /** Holds the requests; answers pass. New connections reach their server, what they say does not. */
    public final void holdRequests() {
        become(LinkMode.REQUESTS_HELD, false);
    }

    /** Holds the answers; requests pass and are served. */
    public final void holdAnswers() {
        become(LinkMode.ANSWERS_HELD, false);
    }

    /**
     * Passes every piece this much after its arrival, in order; pieces that are under way when the delay changes are subject to
     * the new one. The links add to it what the timer of an event loop does, up to about 1 ms.
     *
     * @param requests of the way to the server, zero to a day
     * @param answers of the way to the client, zero to a day
     * @throws IllegalArgumentException if one is negative or longer than a day
     */
    public final void delay(Duration requests, Duration answers) {
        become(LinkMode.delayed(requests, answers), false);
    }

    /**
     * Throws away what is held, resets all connections and passes from then on. After {@link #holdAnswers()} this loses the
     * answers to requests that were served.
     */
    public final void drop() {
        become(LinkMode.PASSING, true);
    }

    /**
     * Passes until a server answers; throws that piece of an answer away, resets all connections of that link, and passes from
     * then on. Each link loses one. Where clients also talk in the background, the answer lost may be one to that;
     * {@link #resets()} tells when it happened.
     */
    public final void loseNextAnswer() {
        become(LinkMode.NEXT_ANSWER_LOST, false);
    }

    /** Delivers what was held, in order; then everything passes. */
    public final void heal() {
        become(LinkMode.PASSING, false);
    }

    /** The bytes that are held or delayed now: the proof that such a disturbance has effect. */
    public abstract long heldBytes();

    /** The open connections of clients now. */
    public abstract int connections();

    /** The connections that a disturbance has reset or refused since the start: the proof that such a one had effect. */
    public abstract long resets();

    /** Changes the mode and returns when it is in force, having reset all connections if told so. */
    abstract void become(LinkMode mode, boolean reset);
}

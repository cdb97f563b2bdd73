package io.fencepost.tck;

import java.time.Duration;

/** The wall clocks of the backend's servers, to be moved by the kit. Monotonic clocks are left alone. The kit heals all clocks when a rule ends. */
public interface ClockControl {
    /** How many servers there are. */
    int count();

    /**
     * Makes the wall clock of a running server differ from the true time, and returns when the server was seen to go by it.
     *
     * @param offset added to the true time; may be negative
     */
    void move(int server, Duration offset);

    /** Sets all clocks right. */
    void heal();
}

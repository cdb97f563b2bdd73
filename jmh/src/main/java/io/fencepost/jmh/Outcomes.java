package io.fencepost.jmh;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How attempts ended, in the measured time of JMH. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.EVENTS)
public class Outcomes {
    /** Held, and given back. */
    public long acquired;
    /** Somebody else had it until the end of the wait. */
    public long contended;
    /** The backend did not decide. */
    public long unavailable;
    /** It is not known what became of it. */
    public long unknown;
}

package io.fencepost.history;

/** Values that fields of fixed vocabulary have. */
public final class Word {
    /** {@link Field#FENCED}: no newer token had been seen. */
    public static final String ACCEPTED = "accepted";
    /** {@link Field#FENCED}: a newer token had been seen. */
    public static final String REFUSED = "refused";

    /** {@link Field#OUTCOME}: the holder gave back what it held. */
    public static final String RELEASED = "released";
    /** {@link Field#OUTCOME}: it held nothing any more. */
    public static final String NOT_HELD = "not_held";

    /** {@link Field#NAME} of a phase: workers run, no fault yet. */
    public static final String WARM_UP = "warm-up";
    /** {@link Field#NAME} of a phase: faults may be in force. */
    public static final String FAULT = "fault";
    /** {@link Field#NAME} of a phase: everything is being healed. */
    public static final String RECOVER = "recover";
    /** {@link Field#NAME} of a phase: everything is healed, every lock is tried. */
    public static final String FINAL = "final";
    /** {@link Field#NAME} of a phase: nothing follows. */
    public static final String END = "end";

    private Word() {}
}

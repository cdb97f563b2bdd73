package io.fencepost.lock;

/** A monotonic clock. The only clock that decides anything on a client. */
@FunctionalInterface
public interface TimeSource {
    /** {@link System#nanoTime()}. */
    TimeSource SYSTEM = System::nanoTime;

    /** Nanoseconds since some fixed instant; only differences have a meaning, as for {@link System#nanoTime()}. */
    long nanoTime();
}

package io.fencepost.scheduler.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a process has open, to be closed in the opposite order. Not thread-safe. */
final class Opened implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();

    /** Closes {@code part} before all that were added before it. */
    <T extends AutoCloseable> T add(T part) {
        parts.push(part);
        return part;
    }

    /**
     * Closes all, whatever some of them throw.
     *
     * @throws IllegalStateException at the end, with what was thrown first as its cause
     */
    @Override
    public void close() {
        Throwable first = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception | Error e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        if (first != null) {
            throw new IllegalStateException("not everything could be closed", first);
        }
    }
}

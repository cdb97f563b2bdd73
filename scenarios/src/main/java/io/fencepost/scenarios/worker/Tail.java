package io.fencepost.scenarios.worker;

import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines that somebody printed. Thread-safe. */
final class Tail {
    private static final int LINES = 40;

    private final Deque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    /** The lines under a heading, or words that there are none. */
    synchronized String describe() {
        return lines.isEmpty()
                ? "; it printed nothing on stderr"
                : "; the end of its stderr:\n    " + String.join("\n    ", lines);
    }
}

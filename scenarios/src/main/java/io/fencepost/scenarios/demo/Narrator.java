package io.fencepost.scenarios.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;

/** Tells on a terminal what happens: numbered steps with their times, and while something is waited for, a line that changes; elsewhere a line now and then. Thread-safe. */
final class Narrator {
    private static final String ERASE_LINE = "\r\u001b[K";
    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[0m";
    private static final String INDENT = "      ";
    private static final Duration LIVE = Duration.ofMillis(100);
    private static final Duration NOW_AND_THEN = Duration.ofSeconds(5);

    private final PrintStream out;
    private final boolean terminal;
    private final long startNanos = System.nanoTime();
    private long waitingNanos = startNanos;
    private boolean silent;

    /** @param terminal whether {@code out} understands escapes */
    Narrator(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A line of its own at the margin. */
    synchronized void title(String text) {
        print(in(BOLD, text));
    }

    /** A step begins. */
    synchronized void step(int number, int count, String text) {
        waitingNanos = System.nanoTime();
        print("");
        print(in(BOLD, "[%2d/%d] %s".formatted(number, count, text)) + in(DIM, "   " + clock()));
    }

    /** Something to know about the step. */
    synchronized void say(String text) {
        print(INDENT + text);
    }

    /** What the step is there for. */
    synchronized void seen(String text) {
        print(INDENT + in(GREEN, text));
    }

    /** What the step is there for, and did not happen. */
    synchronized void notSeen(String text) {
        print(INDENT + in(RED, "NOT SEEN: " + text));
    }

    /** How it stands with what is waited for; may be called as often as one likes. */
    synchronized void waiting(Supplier<String> standing) {
        long now = System.nanoTime();
        Duration every = terminal ? LIVE : NOW_AND_THEN;
        if (!silent && now - waitingNanos >= every.toNanos()) {
            waitingNanos = now;
            String text = standing.get();
            if (terminal) {
                out.print(ERASE_LINE + INDENT + in(DIM, text));
            } else {
                out.println(INDENT + "... " + text);
            }
            out.flush();
        }
    }

    /** Prints nothing any more: what fails now fails because everything is being ended. */
    synchronized void silence() {
        silent = true;
    }

    /** The last line, which is printed all the same. */
    synchronized void last(String text) {
        out.println((terminal ? ERASE_LINE : "") + text);
        out.flush();
    }

    /** Since the beginning. */
    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    /** Seconds as people read them. */
    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }

    private String clock() {
        return seconds(elapsed());
    }

    private void print(String line) {
        if (!silent) {
            out.println((terminal ? ERASE_LINE : "") + line);
            out.flush();
        }
    }

    private String in(String style, String text) {
        return terminal ? style + text + PLAIN : text;
    }
}

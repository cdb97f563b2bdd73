package io.fencepost.scenarios.run;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells a person how far a run is: one line that changes on a terminal, a line at the beginning and the end of each step elsewhere. Thread-safe. */
public final class Progress implements AutoCloseable {
    private static final String ERASE_LINE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean live;
    private final int steps;
    private final Duration estimate;
    private final long startNanos = System.nanoTime();
    private final ScheduledExecutorService ticker;
    private int step;
    private String name = "";
    private Duration stepEstimate = Duration.ZERO;
    private long stepStartNanos = startNanos;

    /**
     * @param live whether lines can be overwritten
     * @param steps how many there will be
     * @param estimate of all of them
     */
    public Progress(PrintStream out, boolean live, int steps, Duration estimate) {
        this.out = out;
        this.live = live;
        this.steps = steps;
        this.estimate = estimate;
        this.ticker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        if (live) {
            var unused = ticker.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
        }
    }

    /** A step begins. */
    public synchronized void begin(String stepName, Duration usually) {
        step++;
        name = stepName;
        stepEstimate = usually;
        stepStartNanos = System.nanoTime();
        if (live) {
            tick();
        } else {
            out.println(position() + ", about " + usually.toSeconds() + " s; run " + clock(since(startNanos))
                    + " of about " + clock(estimate));
        }
    }

    /** The step is over. */
    public synchronized void end(String outcome) {
        out.println((live ? ERASE_LINE : "") + position() + " " + outcome + " after "
                + since(stepStartNanos).toSeconds() + " s");
        name = "";
    }

    /** Says something in a line of its own. */
    public synchronized void say(String text) {
        out.println((live ? ERASE_LINE : "") + text);
    }

    private synchronized void tick() {
        if (!name.isEmpty()) {
            out.print(ERASE_LINE + position() + " " + clock(since(stepStartNanos)) + " of about " + clock(stepEstimate)
                    + "; run " + clock(since(startNanos)) + " of about " + clock(estimate));
            out.flush();
        }
    }

    private String position() {
        return "[%d/%d] %s".formatted(step, steps, name);
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    private static String clock(Duration duration) {
        return "%d:%02d".formatted(duration.toMinutes(), duration.toSecondsPart());
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}

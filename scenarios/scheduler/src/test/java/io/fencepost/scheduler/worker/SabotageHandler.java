package io.fencepost.scheduler.worker;

/** A handler that does what none should: it stops the poller of the worker that runs it. */
public final class SabotageHandler implements JobHandler {
    /** For {@link java.util.ServiceLoader}. */
    public SabotageHandler() {}

    @Override
    public String name() {
        return "sabotage";
    }

    @Override
    public void handle(JobContext context) {
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("fencepost-poller-"))
                .forEach(Thread::interrupt);
    }
}
